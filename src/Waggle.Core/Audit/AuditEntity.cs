using System.Globalization;
using Waggle.Core.Ports;

namespace Waggle.Core.Audit;

/// <summary>An entry of the audit log. Its kind is cold: a query reads it. It is closed from the start, so that only retention removes it.</summary>
public sealed record AuditEntity
{
    public static EntityKind Entity { get; } = new("audit", ["user", "action", "outcome"]);

    public int V { get; init; } = 1;
    public required long Seq { get; init; }
    public required string Action { get; init; }
    public string? Target { get; init; }

    /// <summary>The subject of the token; null for a client without a valid one.</summary>
    public string? User { get; init; }
    public string? Agent { get; init; }
    public string? TokenId { get; init; }

    /// <summary>The error code; null for a command that took effect.</summary>
    public string? Code { get; init; }
    public string? Message { get; init; }
    public string? Address { get; init; }

    /// <summary>The number of equal refusals that the entry stands for; 1 for any other entry.</summary>
    public long Count { get; init; } = 1;

    /// <summary>The time, of the first refusal if there are several.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The time of the last refusal that the entry stands for; null if it is the first.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>The time when the entry was stored. Retention counts from it.</summary>
    public required DateTimeOffset StoredAt { get; init; }

    public static string IdOf(long seq) => seq.ToString(CultureInfo.InvariantCulture);
}
