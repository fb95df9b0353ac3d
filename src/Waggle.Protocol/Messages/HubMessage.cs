using System.Text.Json.Serialization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>A message from the hub, as a client reads it. A client ignores unknown fields and types.</summary>
public abstract record HubMessage
{
    [JsonPropertyOrder(-1)]
    public abstract string Type { get; }
}

public sealed record Welcome : HubMessage
{
    public override string Type => "welcome";

    public required string Protocol { get; init; }

    /// <summary>The name and version of the hub's software.</summary>
    public required string Hub { get; init; }
    public required string Hive { get; init; }
    public required string Session { get; init; }
    public required Position Position { get; init; }

    /// <summary>The longest time between two renewals of a worker, in milliseconds.</summary>
    public required int HeartbeatMs { get; init; }
    public required int MaxMessageBytes { get; init; }
    public WelcomeAgent? Agent { get; init; }

    /// <summary>The expiry of the token. The connection then ends unless the client refreshed the token.</summary>
    public DateTimeOffset? TokenExpiresAt { get; init; }
}

/// <summary>Warns that the token expires soon, so that the client refreshes it.</summary>
public sealed record AuthExpiring : HubMessage
{
    public override string Type => "auth.expiring";

    public required DateTimeOffset TokenExpiresAt { get; init; }
}

/// <summary>The hub's decision on the leases that the worker named, and the leases that it did not name.</summary>
public sealed record WelcomeAgent
{
    public required string Id { get; init; }
    public required string Swarm { get; init; }
    public required IReadOnlyList<LeaseRef> Keep { get; init; }
    public required IReadOnlyList<LeaseRef> Stop { get; init; }

    /// <summary>The leases that the agent held according to the hub and the worker did not name; the hub returned their tasks to the queue.</summary>
    public required IReadOnlyList<LeaseRef> Missing { get; init; }
}

public sealed record Reply : HubMessage
{
    public override string Type => "reply";

    public required string Id { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Result { get; init; }

    /// <summary>The position up to which everything is durable, including the effect of the request.</summary>
    public Position? Position { get; init; }
}

public sealed record ErrorMessage : HubMessage
{
    public override string Type => "error";

    /// <summary>The id of the message that caused the error, if the hub could read one.</summary>
    public string? Id { get; init; }
    public required string Code { get; init; }
    public required string Message { get; init; }

    /// <summary>The time in milliseconds after which the same message can succeed; null if it cannot.</summary>
    public long? RetryAfterMs { get; init; }
}

public sealed record RecordMessage : HubMessage
{
    public override string Type => "record";

    public required Position Position { get; init; }
    public required string Topic { get; init; }
    public required string Kind { get; init; }
    public required Records.RecordClass Class { get; init; }
    public required DateTimeOffset At { get; init; }
    public string? Swarm { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Data { get; init; }
}

/// <summary>Reports that the hub dropped records because the client read too slowly.</summary>
public sealed record Gap : HubMessage
{
    public override string Type => "gap";

    public required Position From { get; init; }
    public required Position To { get; init; }
    public required long Dropped { get; init; }
}

/// <summary>Keeps a quiet subscriber resumable: the hub has sent everything durable up to here that concerns it.</summary>
public sealed record PositionMessage : HubMessage
{
    public override string Type => "position";

    public required Position Position { get; init; }
}

public sealed record Assign : HubMessage
{
    public override string Type => "assign";

    public required string Task { get; init; }
    public required int Attempt { get; init; }
    public required long Token { get; init; }
    public required int LeaseMs { get; init; }
    public required string Swarm { get; init; }
    public required TaskSpec Spec { get; init; }

    /// <summary>The dependencies of the task, in the order of <see cref="TaskSpec.DependsOn"/>, at most 1,000; null for a task without dependencies.</summary>
    public IReadOnlyList<Dependency>? Dependencies { get; init; }

    /// <summary>The answers to the questions of earlier attempts, the newest last, at most eight; null for a task without any.</summary>
    public IReadOnlyList<QuestionAnswer>? Answers { get; init; }

    /// <summary>The checkpoint that the last attempt kept; absent for a task without one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Checkpoint { get; init; }

    /// <summary>The parts of the input that are too large for an assignment. They are null in <c>input</c>, and each names where it is.</summary>
    public IReadOnlyList<InputRef>? InputRefs { get; init; }
}

/// <summary>Asks the worker to stop the task and answer with task.cancelled, or to complete it first.</summary>
public sealed record Cancel : HubMessage
{
    public override string Type => "cancel";

    public required string Task { get; init; }
    public required int Attempt { get; init; }
    public required long Token { get; init; }
    public string? Reason { get; init; }
    public required int GraceMs { get; init; }
}

/// <summary>
/// Reports that the lease is gone (lost, timed out, taken by force, agent removed). The hub ignores every later message of the worker for it.
/// </summary>
public sealed record Stop : HubMessage
{
    public override string Type => "stop";

    public required string Task { get; init; }
    public required int Attempt { get; init; }
    public required long Token { get; init; }
    public required string Reason { get; init; }
}

/// <summary>The last message before the hub closes. Its code states whether the client may connect again.</summary>
public sealed record Bye : HubMessage
{
    public override string Type => "bye";

    public required int Code { get; init; }
    public required string Reason { get; init; }
    public long? RetryAfterMs { get; init; }
}
