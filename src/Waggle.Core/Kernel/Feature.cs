using Microsoft.Extensions.Logging;
using Waggle.Core.Hives;
using Waggle.Core.Ports;

namespace Waggle.Core.Kernel;

/// <summary>
/// A feature of the hive: the kinds of entities and records that it owns, and the state that it keeps for each hive. A feature is a folder and one line in
/// the list of features; load, commit, retention, timers, reactions and the limited view of a swarm's principal follow from what it registers.
/// </summary>
/// <example>
/// <code>
/// internal sealed class NoteFeature : Feature
/// {
///     public override IReadOnlyList&lt;EntityType&gt; Entities => [Note.Type];
///     public override IReadOnlyList&lt;RecordType&gt; Records => [RecordType.Of("note_written", () => NoteJson.Default.NoteWritten)];
///     public override FeatureState Create(HiveContext hive) => new NoteState(hive);
/// }
/// </code>
/// </example>
internal abstract class Feature
{
    public abstract IReadOnlyList<EntityType> Entities { get; }

    public abstract IReadOnlyList<RecordType> Records { get; }

    /// <summary>The first segments of the feature's topics, each with the resource that a reader needs <c>read:</c> for.</summary>
    public virtual IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What the feature does beside the owner's loop until the hive stops, such as deleting what nothing refers to.</summary>
    public virtual Task RunBesideAsync(HiveReader reader, TimeProvider time, ILogger log, CancellationToken stop) => Task.CompletedTask;

    /// <summary>The feature's state of one hive. Its constructor registers tables, evolvers, timers and views.</summary>
    public abstract FeatureState Create(HiveContext hive);
}

/// <summary>What a feature keeps in memory for one hive. It changes by records alone. Used by the owner's loop alone.</summary>
internal abstract class FeatureState
{
    /// <summary>Reads what the feature needs beside its open entities, which are in their tables.</summary>
    public virtual Task LoadMoreAsync(IStore store, DateTimeOffset now, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>All open entities are in their tables: indexes over them can be built and timers set.</summary>
    public virtual void EndLoad(DateTimeOffset now)
    {
    }

    /// <summary>Creates what every hive has, such as its default swarm; null once it is there. Asked at the beginning of each turn.</summary>
    public virtual Command? First() => null;

    /// <summary>
    /// The commands of the turn are decided: decides what follows from all of them together. Each record is applied before the next one is chosen.
    /// </summary>
    public virtual void EndTurn(Action<RecordData> apply)
    {
    }

    /// <summary>The turn is durable: counts what happened in it.</summary>
    public virtual void Report(in TurnReport turn)
    {
    }

    /// <summary>The turn is durable: reads what the messages need that follow it.</summary>
    public virtual ValueTask ReadForMessagesAsync(IStore store) => ValueTask.CompletedTask;

    /// <summary>The batch is durable: forgets what was kept only for it. The tables forget closed entities by themselves.</summary>
    public virtual void EndBatch()
    {
    }

    /// <summary>Whether somebody is expected to report before a deadline that only memory knows.</summary>
    public virtual bool AwaitsReports => false;

    /// <summary>No report could reach the hub until now: each such deadline is a full period away again, as after a restart.</summary>
    public virtual void GrantFullPeriod(DateTimeOffset now)
    {
    }

    /// <summary>
    /// The state is about to be loaded again. Facts that no store holds, such as connections, stay as they were before the batch that failed.
    /// </summary>
    public virtual void Reset()
    {
    }

    /// <summary>The batch of this command could not be stored. Keeps what is true all the same, such as the end of a connection.</summary>
    public virtual void Abandon(Command command, DateTimeOffset now)
    {
    }
}
