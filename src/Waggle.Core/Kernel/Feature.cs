using Waggle.Core.Hives;
using Waggle.Core.Ports;

namespace Waggle.Core.Kernel;

/// <summary>
/// A feature of the hive: the kinds of entities and records that it owns, and the state that it keeps for each hive. A feature is a folder and one line in the list of features;
/// load, commit, retention, timers, reactions and the limited view of a swarm's principal follow from what it registers.
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

    /// <summary>The batch is durable: forgets what was kept only for it. The tables forget closed entities by themselves.</summary>
    public virtual void EndBatch()
    {
    }

    /// <summary>The state is about to be loaded again. Facts that no store holds, such as connections, stay as they were before the batch that failed.</summary>
    public virtual void Reset()
    {
    }

    /// <summary>The batch of this command could not be stored. Keeps what is true all the same, such as the end of a connection.</summary>
    public virtual void Abandon(Command command, DateTimeOffset now)
    {
    }
}
