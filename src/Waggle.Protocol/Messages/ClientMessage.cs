using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Messages;

/// <summary>
/// A message from a client. On the wire it is an object with <c>type</c> and, if the client wants an answer, <c>id</c>. The hub answers each id once, with
/// <c>reply</c> or <c>error</c>. Without an id the hub sends only errors.
/// </summary>
public abstract record ClientMessage
{
    [JsonPropertyOrder(-2)]
    public abstract string Type { get; }

    /// <summary>The id that the client chooses, 1 to 64 characters.</summary>
    [JsonPropertyOrder(-1)]
    public string? Id { get; init; }
}

public sealed record Hello : ClientMessage
{
    public override string Type => "hello";

    /// <summary>The protocol versions that the client supports, best first.</summary>
    public required IReadOnlyList<string> Protocols { get; init; }

    /// <summary>The name and version of the client's software, for people.</summary>
    public string? Client { get; init; }

    /// <summary>Whether the client accepts frames that hold an array of messages.</summary>
    public bool Batch { get; init; }

    /// <summary>The client's token, for a client that could not send it with the upgrade request.</summary>
    public string? Token { get; init; }
    public AgentHello? Agent { get; init; }
}

/// <summary>Replaces the token with a fresh one for the same subject, and the connection continues. The reply gives its new end.</summary>
public sealed record AuthRefresh : ClientMessage
{
    public override string Type => "auth.refresh";

    public required string Token { get; init; }
}

/// <summary>The part of a hello by which a worker acts for an agent.</summary>
public sealed record AgentHello
{
    /// <summary>The agent's id; null lets the hub choose one.</summary>
    public string? Id { get; init; }
    public string? Name { get; init; }

    /// <summary>The agent's type, see <see cref="Model.AgentView.Type"/>.</summary>
    public string? Type { get; init; }

    /// <summary>The secret of at least 16 characters that the worker keeps. The hub refuses the same id with another secret.</summary>
    public required string Secret { get; init; }
    public string? Swarm { get; init; }
    public IReadOnlyDictionary<string, double>? Capabilities { get; init; }

    /// <summary>
    /// The types of tasks (<see cref="Model.TaskSpec.Type"/>) that the agent takes, at most 100; it receives no others. Null or empty takes all tasks,
    /// including those without a type.
    /// </summary>
    public IReadOnlyList<string>? Types { get; init; }

    // The property has a set accessor, because the generated reader gives an absent init property the default of its type and not this value.
    public int Slots { get; set; } = 1;

    /// <summary>The leases that the worker believes it holds.</summary>
    public IReadOnlyList<LeaseRef>? Holding { get; init; }

    /// <summary>The token of a process that a runner started, from its variable <c>WAGGLE_SPAWN_TOKEN</c>. It ties the hello to the request.</summary>
    public string? SpawnToken { get; init; }
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

    /// <summary>The topics or patterns.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>The position after which the reply contains everything durable, or <c>recovered:false</c>.</summary>
    public Position? Since { get; init; }

    /// <summary>The filter that selects records of these topics: <c>{"field":"data.progress","gt":0.5}</c>; see "Filters" in the specification.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Filter { get; init; }

    /// <summary>The greatest rate of records for each key. The hub holds the newest record back until the rate permits it.</summary>
    public MaxRate? MaxRate { get; init; }

    /// <summary>The rule by which the hub waits for several records and sends them in one frame.</summary>
    public Batching? Batch { get; init; }
}

/// <summary>The greatest rate of records of the latest and stream classes. The hub never holds durable records back.</summary>
/// <param name="PerSecond">The rate, above 0 and at most 1000; 0.2 is one record in five seconds.</param>
/// <param name="Key"><c>topic</c>, or a field such as <c>data.agent</c>; the rate applies to each value separately.</param>
public sealed record MaxRate(double PerSecond, string? Key = null);

/// <param name="Max">The number of records that ends the wait, 1 to 1000.</param>
/// <param name="Ms">The time that the first record may wait, in milliseconds.</param>
public sealed record Batching(int Max, int Ms);

public sealed record Unsubscribe : ClientMessage
{
    public override string Type => "unsubscribe";

    public required string Subscription { get; init; }
}

public sealed record Publish : ClientMessage
{
    public override string Type => "publish";

    /// <summary>The topic, under <c>app.</c></summary>
    public required string Topic { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Data { get; init; }
}
