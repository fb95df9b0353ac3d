using Microsoft.Extensions.Logging;
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

    /// <summary>The feature's commands that the audit log keeps.</summary>
    public virtual IReadOnlyList<AdministrativeCommand> Administrative { get; } = [];

    /// <summary>Runs the feature's background work outside the owner's loop until the hive stops, such as the deletion of data without a reference.</summary>
    public virtual Task RunBesideAsync(HiveReader reader, TimeProvider time, ILogger log, CancellationToken stop) => Task.CompletedTask;

    /// <summary>Returns a command that the hive decides before it stops; null if there is nothing to keep.</summary>
    public virtual Command<NoResult>? Last(HiveReader reader) => null;

    /// <summary>Creates the feature's state of one hive. Its constructor registers tables, evolvers, timers and views.</summary>
    public abstract FeatureState Create(HiveContext hive);
}

/// <summary>The state that a feature keeps in memory for one hive. Only records change it. Only the owner's loop uses it.</summary>
internal abstract class FeatureState
{
    /// <summary>Reads data that the feature needs beside its open entities, which are in their tables.</summary>
    public virtual Task LoadMoreAsync(IStore store, DateTimeOffset now, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Builds indexes and sets timers after all open entities are in their tables.</summary>
    public virtual void EndLoad(DateTimeOffset now)
    {
    }

    /// <summary>
    /// Returns a command that creates a part of every hive, such as its default swarm; null once the part exists. The hive calls it at the beginning of each
    /// turn.
    /// </summary>
    public virtual Command? First() => null;

    /// <summary>
    /// Decides the records that follow from all commands of the turn together. The hive applies each record before the feature chooses the next one.
    /// </summary>
    public virtual void EndTurn(Action<RecordData> apply)
    {
    }

    /// <summary>Lets a turn that is durable take effect outside the hive, before any subscriber or sender learns of it.</summary>
    public virtual void Committed()
    {
    }

    /// <summary>
    /// Returns the time before which the store may delete closed entities of a kind that declares no retention; null keeps them.
    /// </summary>
    public virtual DateTimeOffset? KeptSince(EntityType kind) => null;

    /// <summary>Counts the events of a turn that is durable.</summary>
    public virtual void Report(in TurnReport turn)
    {
    }

    /// <summary>Reads data for the messages that follow a durable turn.</summary>
    public virtual ValueTask ReadForMessagesAsync(IStore store) => ValueTask.CompletedTask;

    /// <summary>Releases the data of a batch that is durable. The tables release closed entities themselves.</summary>
    public virtual void EndBatch()
    {
    }

    /// <summary>Whether a worker must report before a deadline that exists in memory only.</summary>
    public virtual bool AwaitsReports => false;

    /// <summary>Moves each such deadline a full period ahead, as after a restart, because no report could reach the hub until now.</summary>
    public virtual void GrantFullPeriod(DateTimeOffset now)
    {
    }

    /// <summary>Clears the state before a reload. Facts that no store holds, such as connections, stay as they were before the batch that failed.</summary>
    public virtual void Reset()
    {
    }

    /// <summary>Keeps the facts of a command whose batch could not be stored and that are true all the same, such as the end of a connection.</summary>
    public virtual void Abandon(Command command, DateTimeOffset now)
    {
    }
}
