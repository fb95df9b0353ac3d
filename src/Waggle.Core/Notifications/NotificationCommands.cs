using Waggle.Core.Access;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Notifications;

/// <summary>Sends a notification to all users or to one, at once and at each later connection, until the user sees it or its retention ends.</summary>
/// <param name="To">The subject that receives the notification; null for all users.</param>
/// <param name="Swarm">The swarm that a receiver must reach; null for a notification of the whole hive.</param>
public sealed record SendNotification(NotificationLevel Level, string Message, string? To = null, string? Swarm = null, string? IdempotencyKey = null)
    : Command<NotificationView>
{
    public override string Right => Permissions.WriteNotifications;

    public override bool Creates => true;

    public override int Bytes => Message.Length;

    public override string? Refusal(IHiveView hive) => By.Reaches(Swarm) ? null
        : Swarm is null ? $"'{By.Subject}' is limited to swarms: a notification of its names one of them." : By.OutOfReach(Swarm);

    public override Error? Malformed()
    {
        if (!Enum.IsDefined(Level)) return new(ErrorCodes.InvalidRequest, "level is info, success, warning or error.");
        if (string.IsNullOrWhiteSpace(Message)) return new(ErrorCodes.InvalidRequest, "message is empty.");
        if (TextRules.Problem("message", Message) is { } problem) return problem;
        if (Swarm is not null && !Ids.IsValid(Swarm)) return new(ErrorCodes.InvalidRequest, Ids.Rule("swarm", Swarm));
        if (To is not null && TextRules.SubjectProblem("to", To) is { } wrong) return wrong;
        return IdempotentId.Problem(IdempotencyKey);
    }

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (IdempotencyKey is not null) keys.Add(new(NotificationEntity.Entity.Name, Id(view)));
    }

    public override Decision<NotificationView> Decide(IHiveView view, in DecisionContext context)
    {
        if (Swarm is not null && view.Swarm(Swarm) is null) return Decision.Reject(ErrorCodes.NotFound, $"There is no swarm '{Swarm}'.");
        var id = Id(view);
        if (IdempotencyKey is not null && view.Notification(id) is { } first)
        {
            return (first.Level, first.Message, first.To, first.Swarm) == (Level, Message, To, Swarm)
                ? Decision.Of(NotificationViews.Of(first) with { Duplicate = true })
                : IdempotentId.Conflict(IdempotencyKey, $"notification {id}");
        }

        var sent = new NotificationSent { Id = id, Level = Level, Message = Message, To = To, Swarm = Swarm, SentBy = By.Subject };
        return Decision.Of(NotificationViews.Of(NotificationEvolver.Create(sent, view.NextOffset, context.Now)), sent);
    }

    private string Id(IHiveView view) => IdempotencyKey is null ? view.NextId(IdPrefix.Notification) : IdempotentId.Of("n", By.User, IdempotencyKey);
}

/// <summary>Marks all notifications up to this one as seen by the principal.</summary>
public sealed record MarkSeen(string Through) : Command<NoResult>
{
    public override string Right => Permissions.ReadNotifications;

    public override Error? Malformed() => Ids.IsValid(Through) ? null : new(ErrorCodes.InvalidRequest, Ids.Rule("through", Through));

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        keys.Add(new(NotificationEntity.Entity.Name, Through));
        keys.Add(SeenEntity.KeyOf(By.User));
    }

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Notification(Through) is not { } last || !IsFor(last))
            return Decision.Reject(ErrorCodes.NotFound, $"There is no notification '{Through}' for '{By.User}'.");
        return last.Seq <= view.SeenThrough(By.User) ? Decision.Nothing : Decision.OfRecords(new NotificationsSeen { User = By.User, Through = last.Seq });
    }

    private bool IsFor(NotificationEntity notification) => notification.To is null ? By.Reaches(notification.Swarm) : notification.To == By.User;
}

/// <summary>
/// Reads the offset up to which the principal has seen all notifications. A notification that is sent while a connected client cannot mark notifications as
/// seen counts as seen.
/// </summary>
internal sealed record AskSeen : Command<long>
{
    public override string Right => Permissions.ReadNotifications;

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys) => keys.Add(SeenEntity.KeyOf(By.User));

    public override Decision<long> Decide(IHiveView view, in DecisionContext context) =>
        Decision.Of(view.IsReading(By.User) ? view.NextOffset - 1 : view.SeenThrough(By.User));
}
