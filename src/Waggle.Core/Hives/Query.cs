namespace Waggle.Core.Hives;

/// <summary>A question that the store answers, beside the owner's loop. A record derives from it and holds what was asked.</summary>
/// <typeparam name="TResult">What its sender gets.</typeparam>
public abstract record Query<TResult>
{
    public required Principal By { get; init; }

    internal abstract Task<Outcome<TResult>> RunAsync(HiveReader reader, CancellationToken cancel);
}
