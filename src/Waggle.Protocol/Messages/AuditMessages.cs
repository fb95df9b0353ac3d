using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>Lists the audit log, the newest entry first.</summary>
public sealed record AuditList : ClientMessage
{
    public override string Type => "audit.list";

    /// <summary>Only of this user.</summary>
    public string? User { get; init; }

    /// <summary>Only of this action.</summary>
    public string? Action { get; init; }

    /// <summary>Only with this outcome.</summary>
    public AuditOutcome? Outcome { get; init; }

    /// <summary>The cursor of the previous page.</summary>
    public string? Cursor { get; init; }

    /// <summary>1 to 1,000, default 100.</summary>
    public int? Limit { get; init; }
}

/// <summary>Revokes a token before its expiry. The hub refuses the token at once and closes the connections that it admitted.</summary>
public sealed record TokenRevoke : ClientMessage
{
    public override string Type => "token.revoke";

    /// <summary>The id of the token (<c>jti</c>).</summary>
    public required string TokenId { get; init; }

    /// <summary>The time until which the hub must refuse the token: its expiry, or later.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The reason, for people; at most 1,000 characters.</summary>
    public string? Reason { get; init; }
}
