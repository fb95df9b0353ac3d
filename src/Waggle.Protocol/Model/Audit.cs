using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

[JsonConverter(typeof(SnakeCaseEnum<AuditOutcome>))]
public enum AuditOutcome
{
    /// <summary>The command took effect.</summary>
    Done,

    /// <summary>The hub refused the token, its permissions, or the origin of the request.</summary>
    Refused,

    /// <summary>The command was permitted and had no effect, for example because its object did not exist.</summary>
    Failed,
}

/// <summary>An entry of the audit log: an administrative command, or refusals.</summary>
public sealed record AuditEntryView
{
    /// <summary>The number of the entry. Later entries have greater numbers.</summary>
    public required long Seq { get; init; }

    /// <summary>The time, of the first refusal if the entry stands for several.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The command, such as <c>swarm.stop</c>, or the request that was refused.</summary>
    public required string Action { get; init; }

    /// <summary>The id of the object that the command concerned; null if it has none.</summary>
    public string? Target { get; init; }

    /// <summary>The subject of the token; the address in development mode; null for a client without a valid token.</summary>
    public string? User { get; init; }

    /// <summary>The agent that the client acted for; null for any other client.</summary>
    public string? Agent { get; init; }

    /// <summary>The id of the token (<c>jti</c>); null for a token without one.</summary>
    public string? TokenId { get; init; }
    public required AuditOutcome Outcome { get; init; }

    /// <summary>The error code; null for a command that took effect.</summary>
    public string? Code { get; init; }

    /// <summary>The reason of a refusal or failure, for people.</summary>
    public string? Message { get; init; }

    /// <summary>The address of the client; null if it is unknown.</summary>
    public string? Address { get; init; }

    /// <summary>The number of equal refusals within a minute that the entry stands for; 1 for any other entry.</summary>
    public required long Count { get; init; }

    /// <summary>The time of the last refusal that the entry stands for; null if it is the first.</summary>
    public DateTimeOffset? LastAt { get; init; }
}
