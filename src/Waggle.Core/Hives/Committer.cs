using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Core.Hives;

/// <summary>Commits turns to the store and keeps the state of the store that the commits reveal. The loop writes; any thread may read the head.</summary>
internal sealed partial class Committer(HiveParts parts, Tenure tenure, StoreWatch watch, HiveEngine engine)
{
    private long _head = tenure.Head;

    public Tenure Tenure { get; private set; } = tenure;

    /// <summary>The last position that is durable and published.</summary>
    public Position Head => new(Tenure.Epoch, Volatile.Read(ref _head));

    /// <summary>Whether the last commit failed and none has succeeded since.</summary>
    public bool IsFailing => watch.IsFailing;

    public bool IsProbeDue => watch.IsProbeDue;

    /// <summary>The reason why nothing could be stored now; null if the store works.</summary>
    public string? Problem => watch.Read(parts.Store.Fault, stopped: false).Problem;

    /// <summary>Makes the durable head visible to readers.</summary>
    public void Publish() => Volatile.Write(ref _head, Tenure.Head);

    /// <exception cref="StoreException">The batch is not durable.</exception>
    public async Task CommitAsync(CommitBatch commit)
    {
        var started = parts.Time.GetTimestamp();
        var before = Tenure.Head;
        watch.Began();
        try
        {
            Tenure = await parts.Store.CommitAsync(Tenure, commit, CancellationToken.None);
        }
        catch (Exception e)
        {
            watch.Failed(e);
            throw;
        }

        if (watch.IsFailing) LogStoreBack(parts.Log, parts.Options.Hive);
        watch.Committed();
        parts.Metrics.Committed(parts.Time.GetElapsedTime(started), (int)(Tenure.Head - before));
    }

    /// <summary>Tests whether the store accepts a commit, with one that changes only the time of the last write.</summary>
    public async Task<bool> ProbeAsync(DateTimeOffset now)
    {
        var failing = watch.IsFailing;
        try
        {
            await CommitAsync(new CommitBatch([], Tenure.Head, default, now));
            return true;
        }
        catch (StoreException e) when (e is not StoreFencedException)
        {
            if (!failing) LogStoreFails(parts.Log, parts.Options.Hive, e.Message, e);
            Failed(e);
            return false;
        }
    }

    /// <summary>Notes the cause of a failed commit.</summary>
    public void Failed(Exception cause)
    {
        parts.Metrics.CommitFailed();
        if (cause is StoreFullException) SetFull(true);
    }

    /// <summary>Accepts creations again if the store has room.</summary>
    public async ValueTask LookForRoomAsync()
    {
        if (engine.Full && await parts.Store.HasRoomAsync(CancellationToken.None)) SetFull(false);
    }

    private void SetFull(bool full)
    {
        if (engine.Full == full) return;
        engine.Full = watch.Full = full;
        if (full) LogFull(parts.Log, parts.Options.Hive);
        else LogRoomAgain(parts.Log, parts.Options.Hive);
    }
}
