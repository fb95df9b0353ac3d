using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Hives;

/// <summary>Something to be decided by the owner's loop, whatever it results in. Commands derive from <see cref="Command{TResult}"/>.</summary>
public abstract record Command
{
    public required Principal By { get; init; }

    /// <summary>The permission that its principal needs, one of <see cref="Access.Permissions"/>.</summary>
    public abstract string Right { get; }

    /// <summary>
    /// Why its principal may not, its right apart: whose agent, which swarm, whose topic. Asked of the whole hive, also where the principal sees a part.
    /// </summary>
    public virtual string? Refusal(IHiveView hive) => null;

    /// <summary>About how much it brings with it: a batch and the inbox are bounded by bytes, too.</summary>
    public virtual int Bytes => 0;

    /// <summary>It changes nothing, so it is decided also while the store takes no commit.</summary>
    internal virtual bool OnlyReads => Right.StartsWith("read:", StringComparison.Ordinal);

    /// <summary>Creations are refused while the store has no room; everything else goes on from a reserve.</summary>
    public virtual bool Creates => false;

    /// <summary>What is wrong with it on its face, whatever the state: asked before anything is fetched for it.</summary>
    public virtual Error? Malformed() => null;

    /// <summary>What takes time and does not need the hive's state, such as putting a long result aside: done before the loop gets the command.</summary>
    /// <returns>The command for the loop, or why there is none.</returns>
    internal virtual ValueTask<(Command Command, Error? Problem)> PrepareAsync(IBlobs? blobs, HiveOptions options, CancellationToken cancel) =>
        new((this, null));

    /// <summary>Adds the keys of entities that deciding this needs and that are not in memory; they are fetched before.</summary>
    public virtual void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
    }

    /// <summary>Adds values of unique columns whose entities deciding this needs, such as idempotency keys; asked when the cold entities are there.</summary>
    internal virtual void CollectUniqueKeys(IHiveView view, List<UniqueKey> keys)
    {
    }

    internal abstract Decision Decided(IHiveView view, in DecisionContext context);

    /// <summary>A decision with an error, for what happens before a command decides.</summary>
    internal abstract Decision Rejected(Error error);
}

/// <summary>
/// A command with its result. A record derives from it, holds what was asked and decides over the hive's state, without any effect of its own.
/// </summary>
/// <example>
/// <code>
/// public sealed record RenameSwarm(string Id, string Name) : Command&lt;SwarmView&gt;
/// {
///     public override string Right => Permissions.WriteSwarms;
///
///     public override Decision&lt;SwarmView&gt; Decide(IHiveView view, in DecisionContext context) => view.Swarm(Id) is { } swarm
///         ? Decision.Of(SwarmViews.Of(swarm, view) with { Name = Name }, new SwarmRenamed { SwarmId = Id, Name = Name, Swarm = Id })
///         : Decision.Reject(ErrorCodes.NotFound, $"There is no swarm '{Id}'.");
/// }
///
/// Outcome&lt;SwarmView&gt; outcome = await hive.AskAsync(new RenameSwarm("s1", "Bees") { By = principal }, cancel);
/// </code>
/// </example>
/// <typeparam name="TResult">What its sender gets once its records are durable; <see cref="NoResult"/> where that is nothing.</typeparam>
public abstract record Command<TResult> : Command
{
    public abstract Decision<TResult> Decide(IHiveView view, in DecisionContext context);

    internal sealed override Decision Decided(IHiveView view, in DecisionContext context) => Decide(view, context);

    internal sealed override Decision Rejected(Error error) => new Decision<TResult>([], default, error);
}

/// <summary>The result of a command that only has an effect. It has no values: an outcome of it is null or an error.</summary>
public sealed class NoResult
{
    private NoResult()
    {
    }
}

/// <param name="Now">The hive's time: it never runs backwards. It jumps forward with the wall clock, and leases are then given a full period first.</param>
/// <param name="Dice">For jitter.</param>
public readonly record struct DecisionContext(DateTimeOffset Now, Random Dice, HiveOptions Options);

/// <summary>An error as a value: a code of <see cref="Protocol.ErrorCodes"/>, what was wrong and with what.</summary>
public sealed record Error(string Code, string Message, long? RetryAfterMs = null);
