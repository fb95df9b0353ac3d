using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Audit;

internal static class AuditViews
{
    public static AuditOutcome OutcomeOf(AuditEntity entry) => entry.Code is null ? AuditOutcome.Done
        : entry.Code is ErrorCodes.Unauthenticated || entry.Code.StartsWith(ErrorCodes.Forbidden, StringComparison.Ordinal) ? AuditOutcome.Refused
        : AuditOutcome.Failed;

    public static AuditEntryView Of(AuditEntity e) => new()
    {
        Seq = e.Seq,
        At = e.At,
        Action = e.Action,
        Target = e.Target,
        User = e.User,
        Agent = e.Agent,
        TokenId = e.TokenId,
        Outcome = OutcomeOf(e),
        Code = e.Code,
        Message = e.Message,
        Address = e.Address,
        Count = e.Count,
        LastAt = e.LastAt,
    };
}
