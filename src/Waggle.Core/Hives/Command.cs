using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Hives;

/// <summary>Something to be decided by the owner's loop.</summary>
public abstract record Command
{
    public required Principal By { get; init; }

    /// <summary>What it may do and to what, for <see cref="Principal.Allowed"/>.</summary>
    public abstract (string Verb, string Resource) Right { get; }

    /// <summary>Why its principal may not, its right apart: whose agent, which swarm, whose topic. Asked of the whole hive, also where the principal sees a part.</summary>
    public virtual string? Refusal(IHiveView hive) => null;

    /// <summary>About how much it brings with it: a batch and the inbox are bounded by bytes, too.</summary>
    public virtual int Bytes => 0;

    /// <summary>It changes nothing, so it is decided also while the store takes no commit.</summary>
    internal virtual bool OnlyReads => Right.Verb == "read";

    /// <summary>Creations are refused while the store has no room; everything else goes on from a reserve.</summary>
    public virtual bool Creates => false;

    /// <summary>What is wrong with it on its face, whatever the state: asked before anything is fetched for it.</summary>
    public virtual Error? Malformed() => null;

    /// <summary>Adds the keys of entities that deciding this needs and that are not in memory; they are fetched before.</summary>
    public virtual void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
    }

    /// <summary>Adds values of unique columns whose entities deciding this needs, such as idempotency keys; asked when the cold entities are there.</summary>
    internal virtual void CollectUniqueKeys(IHiveView view, List<UniqueKey> keys)
    {
    }

    public abstract Decision Decide(IHiveView view, in DecisionContext context);
}

/// <param name="Now">The hive's time: it never runs backwards. It jumps forward with the wall clock, and leases are then given a full period first.</param>
/// <param name="Dice">For jitter.</param>
public readonly record struct DecisionContext(DateTimeOffset Now, Random Dice, HiveOptions Options);

/// <summary>An error as a value: a code of <see cref="Protocol.ErrorCodes"/>, what was wrong and with what.</summary>
public sealed record Error(string Code, string Message, long? RetryAfterMs = null);

/// <summary>What a command leads to: the records in order, and what its sender is told once they are durable.</summary>
public sealed class Decision
{
    private static readonly IReadOnlyList<RecordData> None = [];

    private Decision(IReadOnlyList<RecordData> records, object? value, Error? error)
    {
        Records = records;
        Value = value;
        Error = error;
    }

    public IReadOnlyList<RecordData> Records { get; }

    public object? Value { get; }

    public Error? Error { get; }

    public static Decision Nothing { get; } = new(None, null, null);

    public static Decision Of(object? value, params IReadOnlyList<RecordData> records) => new(records, value, null);

    public static Decision Reject(string code, string message, long? retryAfterMs = null) => new(None, null, new(code, message, retryAfterMs));

    /// <summary>Refused, and yet something is on record (an orphan result).</summary>
    public static Decision RejectWith(string code, string message, params IReadOnlyList<RecordData> records) => new(records, null, new(code, message));
}

/// <summary>What a command's sender is told.</summary>
/// <param name="Head">Everything up to here, the command's own effect included, is durable.</param>
public readonly record struct Outcome(object? Value, Error? Error, Protocol.Position Head);

/// <summary>Where outcomes go. Called on the owner's loop: it must not block.</summary>
public interface IOutcomeSink
{
    void Complete(object? tag, in Outcome outcome);
}
