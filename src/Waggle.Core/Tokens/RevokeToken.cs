using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol;

namespace Waggle.Core.Tokens;

/// <summary>Revokes a token before its expiry. Another revocation of the token can only prolong the first one.</summary>
/// <param name="TokenId">The id of the token (<c>jti</c>).</param>
/// <param name="ExpiresAt">The time until which the hub must refuse the token: its expiry, or later.</param>
public sealed record RevokeToken(string TokenId, DateTimeOffset ExpiresAt, string? Reason = null) : Command<NoResult>
{
    /// <summary>The greatest number of revoked tokens that have not expired.</summary>
    public const int MaxRevoked = 100_000;

    private const int LastYear = 9998;

    private const int MaxReason = 1_000;

    public override string Right => Permissions.WriteTokens;

    public override Error? Malformed()
    {
        if (TextRules.SubjectProblem("token_id", TokenId) is { } wrong) return wrong;
        if (Reason is null) return null;
        return Reason.Length > MaxReason ? new(ErrorCodes.InvalidRequest, $"reason has at most {MaxReason} characters.") : TextRules.Problem("reason", Reason);
    }

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (ExpiresAt <= context.Now)
            return Decision.Reject(ErrorCodes.InvalidRequest, $"expires_at is in the past: the hub refuses token '{TokenId}' already.");
        if (ExpiresAt.Year > LastYear) return Decision.Reject(ErrorCodes.InvalidRequest, $"expires_at is in the year {LastYear} at most.");
        var tokens = view.View<ITokenView>();
        var until = tokens.RevokedUntil(TokenId);
        if (until >= ExpiresAt) return Decision.Nothing;
        if (until is null && tokens.Count >= MaxRevoked)
            return Decision.Reject(ErrorCodes.QuotaExceeded, $"{MaxRevoked} tokens are revoked: replace the signing key instead.");
        return Decision.OfRecords(new TokenRevoked { TokenId = TokenId, ExpiresAt = ExpiresAt, RevokedBy = By.Subject, Reason = Reason });
    }
}

/// <summary>Forgets a revoked token that has expired.</summary>
internal sealed record EndRevocation(string Key) : Command<NoResult>
{
    public override string Right => Permissions.AdminSystem;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) => Decision.OfRecords(new RevocationEnded(Key));
}
