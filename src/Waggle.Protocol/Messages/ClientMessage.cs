using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Messages;

/// <summary>
/// What a client says. On the wire an object with <c>type</c> and, where an answer is wanted, <c>id</c>: the hub answers each id once,
/// with <c>reply</c> or <c>error</c>. Without an id only errors are sent.
/// </summary>
public abstract record ClientMessage
{
    [JsonPropertyOrder(-2)]
    public abstract string Type { get; }

    /// <summary>Chosen by the client, 1 to 64 characters.</summary>
    [JsonPropertyOrder(-1)]
    public string? Id { get; init; }
}

public sealed record Hello : ClientMessage
{
    public override string Type => "hello";

    /// <summary>Protocol versions that the client speaks, best first.</summary>
    public required IReadOnlyList<string> Protocols { get; init; }

    /// <summary>Name and version of the client's software, for people.</summary>
    public string? Client { get; init; }

    /// <summary>True: the client takes frames that hold an array of messages.</summary>
    public bool Batch { get; init; }

    /// <summary>Who the client is, where it could not be said with the upgrade request.</summary>
    public string? Token { get; init; }
    public AgentHello? Agent { get; init; }
}

/// <summary>A fresh token for the same subject: the connection goes on. The reply says until when.</summary>
public sealed record AuthRefresh : ClientMessage
{
    public override string Type => "auth.refresh";

    public required string Token { get; init; }
}

/// <summary>The part of a hello by which a worker speaks for an agent.</summary>
public sealed record AgentHello
{
    /// <summary>Left out: the hub gives one.</summary>
    public string? Id { get; init; }
    public string? Name { get; init; }

    /// <summary>See <see cref="Model.AgentView.Type"/>.</summary>
    public string? Type { get; init; }

    /// <summary>At least 16 characters, kept by the worker: the same id with another secret is refused.</summary>
    public required string Secret { get; init; }
    public string? Swarm { get; init; }
    public IReadOnlyDictionary<string, double>? Capabilities { get; init; }

    /// <summary>
    /// The types of tasks (<see cref="Model.TaskSpec.Type"/>) that the agent takes, at most 100: it gets those and no others. Null or empty: it takes all,
    /// tasks without a type among them.
    /// </summary>
    public IReadOnlyList<string>? Types { get; init; }

    // With a set: the generated reader gives init fields that are left out the default of their type, not this one.
    public int Slots { get; set; } = 1;

    /// <summary>The leases that the worker believes it holds.</summary>
    public IReadOnlyList<LeaseRef>? Holding { get; init; }
}

/// <summary>A lease: task, attempt and token together.</summary>
public sealed record LeaseRef(string Task, int Attempt, long Token);

public sealed record Echo : ClientMessage
{
    public override string Type => "echo";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Payload { get; init; }
}

public sealed record Subscribe : ClientMessage
{
    public override string Type => "subscribe";

    /// <summary>Topics or patterns.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>Everything durable after this position comes in the reply, or <c>recovered:false</c>.</summary>
    public Position? Since { get; init; }

    /// <summary>Which records of these topics: <c>{"field":"data.progress","gt":0.5}</c>; see "Filters" in the specification.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Filter { get; init; }

    /// <summary>At most so many a second of each key; the newest is kept back and comes when its time has come.</summary>
    public MaxRate? MaxRate { get; init; }

    /// <summary>Wait for several records and send them in one frame.</summary>
    public Batching? Batch { get; init; }
}

/// <summary>For records of the latest and stream classes; durable ones are never kept back.</summary>
/// <param name="PerSecond">Above 0, at most 1000; 0.2 is one in five seconds.</param>
/// <param name="Key"><c>topic</c>, or a field such as <c>data.agent</c>: each value is counted for itself.</param>
public sealed record MaxRate(double PerSecond, string? Key = null);

/// <param name="Max">Records that end the waiting, 1 to 1000.</param>
/// <param name="Ms">How long the first may wait.</param>
public sealed record Batching(int Max, int Ms);

public sealed record Unsubscribe : ClientMessage
{
    public override string Type => "unsubscribe";

    public required string Subscription { get; init; }
}

public sealed record Publish : ClientMessage
{
    public override string Type => "publish";

    /// <summary>Under <c>app.</c></summary>
    public required string Topic { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Data { get; init; }
}
