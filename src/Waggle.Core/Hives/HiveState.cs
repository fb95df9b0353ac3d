using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Kernel.Metrics;
using Waggle.Core.Ports;

namespace Waggle.Core.Hives;

/// <summary>The hot state of a hive: the states of its features. Only <see cref="Apply"/> changes it. Only the owner's loop uses it.</summary>
internal sealed class HiveState : IHiveView
{
    private readonly FeatureState[] _features;

    public HiveState(HiveOptions options, ILogger log, HiveMetrics? metrics = null, RevokedTokens? revoked = null)
    {
        var features = Features.Of(options);
        Context = new HiveContext(options, log, metrics) { Administrative = [.. features.SelectMany(f => f.Administrative)], Revoked = revoked ?? new() };
        _features = [.. features.Select(f => f.Create(Context))];
    }

    public HiveContext Context { get; }

    public string Hive => Context.Hive;

    public long Epoch => Context.Epoch;

    public long NextOffset => Context.NextOffset;

    public TimerQueue Timers => Context.Timers;

    /// <summary>Whether a feature awaits a report before a deadline.</summary>
    public bool AwaitsReports => Array.Exists(_features, f => f.AwaitsReports);

    /// <summary>Returns the number of open entities of each kind, for the log.</summary>
    public string OpenText() => Context.Tables.Where(t => t.OpenCount > 0).Select(t => $"{t.OpenCount} {t.Type.Name}").ToArray() is { Length: > 0 } open
        ? $"open entities: {string.Join(", ", open)}"
        : "no open entities";

    public bool IsTaken(EntityKey key) => Context.IsTaken(key);

    object IHiveView.ViewAt(int slot) => Context.Views.At(slot);

    /// <summary>
    /// Applies a record, which is the only way to change the state. <paramref name="offset"/> is that of a durable record, or of the durable record before.
    /// </summary>
    public void Apply(RecordData data, long offset, DateTimeOffset at) => Context.Apply(data, offset, at);

    /// <summary>Returns a command that creates a part that the hive lacks; null if the hive is complete.</summary>
    public Command? First()
    {
        foreach (var feature in _features)
        {
            if (feature.First() is { } first) return first;
        }

        return null;
    }

    public void EndTurn(Action<RecordData> apply)
    {
        foreach (var feature in _features) feature.EndTurn(apply);
    }

    public void Committed()
    {
        foreach (var feature in _features) feature.Committed();
    }

    public void Report(in TurnReport turn)
    {
        foreach (var feature in _features) feature.Report(turn);
    }

    /// <summary>Returns the time before which the store may delete closed entities of a kind; null keeps them.</summary>
    public DateTimeOffset? KeptSince(EntityType kind, DateTimeOffset now)
    {
        if (kind.Retention is { } kept) return now - kept(Context.Options);
        foreach (var feature in _features)
        {
            if (feature.KeptSince(kind) is { } since) return since;
        }

        return null;
    }

    public async ValueTask ReadForMessagesAsync(IStore store)
    {
        foreach (var feature in _features) await feature.ReadForMessagesAsync(store);
    }

    public void GrantFullPeriod(DateTimeOffset now)
    {
        foreach (var feature in _features) feature.GrantFullPeriod(now);
    }

    /// <summary>Releases the data of the batch. Closed entities leave memory.</summary>
    public void EndBatch()
    {
        Context.Dirty.Clear();
        Context.Reactions.Clear();
        Context.Due.EndBatch();
        foreach (var table in Context.Tables) table.EndBatch();
        foreach (var feature in _features) feature.EndBatch();
    }

    public async Task LoadMoreAsync(IStore store, DateTimeOffset now, CancellationToken cancel)
    {
        foreach (var feature in _features) await feature.LoadMoreAsync(store, now, cancel);
    }

    /// <summary>Builds the links between entities after the load of all open ones.</summary>
    public void EndLoad(DateTimeOffset now)
    {
        foreach (var feature in _features) feature.EndLoad(now);
        EndBatch();
    }

    /// <summary>Clears the state before a reload, except the facts that no store holds.</summary>
    public void Reset()
    {
        Context.Dirty.Clear();
        Context.Reactions.Clear();
        Context.Messages.Clear();
        Context.Timers.Clear();
        Context.Due.Reset();
        foreach (var table in Context.Tables) table.Reset();
        foreach (var feature in _features) feature.Reset();
    }

    /// <summary>Keeps the facts of a command whose batch could not be stored and that are true all the same.</summary>
    public void Abandon(Command command, DateTimeOffset now)
    {
        foreach (var feature in _features) feature.Abandon(command, now);
    }
}
