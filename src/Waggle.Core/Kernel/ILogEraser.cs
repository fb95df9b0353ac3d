namespace Waggle.Core.Kernel;

/// <summary>Erases the payloads of records that are in the log already. Only the owner of a hive has one. It works beside the owner's loop.</summary>
internal interface ILogEraser
{
    /// <summary>Erases the payloads of the chosen records in the next rows of the log. Their offsets, topics and kinds stay.</summary>
    /// <param name="after">The offset after which the slice begins.</param>
    /// <param name="through">The offset at which the work ends.</param>
    /// <param name="choose">Returns what chooses the records of a slice whose payload is erased.</param>
    Task<ErasedSlice> EraseAsync(long after, long through, Func<IReadOnlyList<RecordData>, Task<Func<RecordData, bool>>> choose, CancellationToken cancel);

    /// <summary>Makes the hub forget the records up to an offset that it keeps in memory for clients that resume.</summary>
    ValueTask ForgetAsync(long through);

    /// <summary>Removes what erased data left behind in the files of the store.</summary>
    ValueTask ScrubAsync(CancellationToken cancel);
}

/// <param name="End">The offset up to which the log is done.</param>
/// <param name="Records">The number of erased records.</param>
/// <param name="Unreadable">The first offsets of rows that are damaged, which stay as they are.</param>
internal readonly record struct ErasedSlice(long End, int Records, IReadOnlyList<long> Unreadable);
