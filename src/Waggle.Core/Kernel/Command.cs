using Waggle.Core.Ports;

namespace Waggle.Core.Kernel;

/// <summary>A request that the owner's loop decides. Commands derive from <see cref="Command{TResult}"/>.</summary>
public abstract record Command
{
    public required Principal By { get; init; }

    /// <summary>The permission that the principal needs, one of <see cref="Access.Permissions"/>.</summary>
    public abstract string Right { get; }

    /// <summary>
    /// Returns the reason why the principal may not run the command, its permission apart: the agent, the swarm or the topic belongs to another principal. The
    /// check sees the whole hive, even for a principal that is limited to a part.
    /// </summary>
    public virtual string? Refusal(IHiveView hive) => null;

    /// <summary>The approximate size of the command in bytes. The hive limits a batch and the inbox by bytes, too.</summary>
    public virtual int Bytes => 0;

    /// <summary>Whether the command changes nothing. The hive decides such a command even while the store accepts no commit.</summary>
    internal virtual bool OnlyReads => Right.StartsWith("read:", StringComparison.Ordinal);

    /// <summary>Whether the command creates an entity. The hive refuses creations while the store has no room; all other commands use a reserve.</summary>
    public virtual bool Creates => false;

    /// <summary>
    /// Returns the fault of a command that is wrong in any state of the hive. The hive checks this before it fetches anything for the command.
    /// </summary>
    public virtual Error? Malformed() => null;

    /// <summary>
    /// Does the work that takes time, such as storing a long result. It runs before the loop receives the command.
    /// </summary>
    /// <returns>The command for the loop, or the error.</returns>
    internal virtual ValueTask<(Command Command, Error? Problem)> PrepareAsync(HiveReader reader, CancellationToken cancel) =>
        new((this, null));

    /// <summary>Adds the keys of entities that the decision needs and memory does not hold. The hive fetches them before the decision.</summary>
    public virtual void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
    }

    /// <summary>
    /// Adds the values of unique columns, such as idempotency keys, whose entities the decision needs. The hive calls this after it fetched the cold entities.
    /// </summary>
    internal virtual void CollectUniqueKeys(IHiveView view, List<UniqueKey> keys)
    {
    }

    /// <summary>Adds ranges whose entities deciding this needs, such as those that are due; asked when the cold entities are there.</summary>
    internal virtual void CollectRanges(IHiveView view, List<EntityRange> ranges)
    {
    }

    internal abstract Decision Decided(IHiveView view, in DecisionContext context);

    /// <summary>Returns a decision with an error, for a command that fails before it decides.</summary>
    internal abstract Decision Rejected(Error error);
}

/// <summary>
/// A command with its result. A record derives from it, holds the parameters and decides over the hive's state, without any effect of its own.
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
/// <typeparam name="TResult">
/// The result that the sender receives once the records are durable; <see cref="NoResult"/> for an effect without a result.
/// </typeparam>
public abstract record Command<TResult> : Command
{
    public abstract Decision<TResult> Decide(IHiveView view, in DecisionContext context);

    internal sealed override Decision Decided(IHiveView view, in DecisionContext context) => Decide(view, context);

    internal sealed override Decision Rejected(Error error) => new Decision<TResult>([], default, error);
}

/// <summary>The result of a command that has an effect and no value. The class has no instances: an outcome has a null value or an error.</summary>
public sealed class NoResult
{
    private NoResult()
    {
    }
}

/// <param name="Now">
/// The hive's time. It never runs backwards. When it jumps forward with the wall clock, the hive first gives each lease a full period.
/// </param>
/// <param name="Dice">The source of randomness for jitter.</param>
public readonly record struct DecisionContext(DateTimeOffset Now, Random Dice, HiveOptions Options)
{
    /// <summary>Whether the hive refuses creations because the store has no room.</summary>
    internal bool StoreFull { get; init; }
}

/// <summary>An error as a value: a code of <see cref="Protocol.ErrorCodes"/>, and a message that names the fault and its subject.</summary>
public sealed record Error(string Code, string Message, long? RetryAfterMs = null);
