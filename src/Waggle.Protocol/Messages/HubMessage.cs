using System.Text.Json.Serialization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>What the hub says, as a client reads it. Clients ignore fields and types that they do not know.</summary>
public abstract record HubMessage
{
    [JsonPropertyOrder(-1)]
    public abstract string Type { get; }
}

public sealed record Welcome : HubMessage
{
    public override string Type => "welcome";

    public required string Protocol { get; init; }

    /// <summary>Name and version of the hub's software.</summary>
    public required string Hub { get; init; }
    public required string Hive { get; init; }
    public required string Session { get; init; }
    public required Position Position { get; init; }

    /// <summary>A worker renews at least this often, milliseconds.</summary>
    public required int HeartbeatMs { get; init; }
    public required int MaxMessageBytes { get; init; }
    public WelcomeAgent? Agent { get; init; }

    /// <summary>When the token lapses; the connection then ends unless it was refreshed.</summary>
    public DateTimeOffset? TokenExpiresAt { get; init; }
}

/// <summary>The token lapses soon: refresh it.</summary>
public sealed record AuthExpiring : HubMessage
{
    public override string Type => "auth.expiring";

    public required DateTimeOffset TokenExpiresAt { get; init; }
}

/// <summary>The fate of the leases that the worker named, and those that it forgot.</summary>
public sealed record WelcomeAgent
{
    public required string Id { get; init; }
    public required string Swarm { get; init; }
    public required IReadOnlyList<LeaseRef> Keep { get; init; }
    public required IReadOnlyList<LeaseRef> Stop { get; init; }

    /// <summary>Held by the agent in the hub's eyes, unknown to the worker: handed back to the queue.</summary>
    public required IReadOnlyList<LeaseRef> Missing { get; init; }
}

public sealed record Reply : HubMessage
{
    public override string Type => "reply";

    public required string Id { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Result { get; init; }

    /// <summary>What is durable up to here includes the effect of the request.</summary>
    public Position? Position { get; init; }
}

public sealed record ErrorMessage : HubMessage
{
    public override string Type => "error";

    /// <summary>Of the message that caused it, where it had one that could be read.</summary>
    public string? Id { get; init; }
    public required string Code { get; init; }
    public required string Message { get; init; }

    /// <summary>Present when sending the same again later can succeed, milliseconds.</summary>
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

/// <summary>Records were dropped because the client read too slowly.</summary>
public sealed record Gap : HubMessage
{
    public override string Type => "gap";

    public required Position From { get; init; }
    public required Position To { get; init; }
    public required long Dropped { get; init; }
}

/// <summary>Keeps a quiet subscriber resumable: everything durable up to here that concerns it was sent.</summary>
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

    /// <summary>The tasks that it waited for, in the order of <see cref="TaskSpec.DependsOn"/>, at most 1,000; null where it waited for none.</summary>
    public IReadOnlyList<Dependency>? Dependencies { get; init; }
}

/// <summary>Stop working on it and answer with task.cancelled, or complete it first.</summary>
public sealed record Cancel : HubMessage
{
    public override string Type => "cancel";

    public required string Task { get; init; }
    public required int Attempt { get; init; }
    public required long Token { get; init; }
    public string? Reason { get; init; }
    public required int GraceMs { get; init; }
}

/// <summary>The lease is gone (lost, timed out, taken by force, agent removed): nothing that the worker still sends for it counts.</summary>
public sealed record Stop : HubMessage
{
    public override string Type => "stop";

    public required string Task { get; init; }
    public required int Attempt { get; init; }
    public required long Token { get; init; }
    public required string Reason { get; init; }
}

/// <summary>The last message before the hub closes: the code says whether to come back.</summary>
public sealed record Bye : HubMessage
{
    public override string Type => "bye";

    public required int Code { get; init; }
    public required string Reason { get; init; }
    public long? RetryAfterMs { get; init; }
}
