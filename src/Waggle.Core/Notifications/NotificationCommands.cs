using Waggle.Core.Access;
using Waggle.Core.Hives;
using Waggle.Core.Identifiers;
using Waggle.Core.Ports;
using Waggle.Core.Presence;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Notifications;

/// <summary>Tells everybody, or one user, now and when they come: it is kept until it is seen or its time is over.</summary>
/// <param name="To">A subject; null: everybody.</param>
/// <param name="Swarm">Only for those who reach this swarm; null: it concerns the whole hive.</param>
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

/// <summary>Its principal has seen everything up to this notification.</summary>
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

/// <summary>Up to which offset its principal has seen everything. What is sent while a client is here that cannot say so counts as seen.</summary>
internal sealed record AskSeen : Command<long>
{
    public override string Right => Permissions.ReadNotifications;

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys) => keys.Add(SeenEntity.KeyOf(By.User));

    public override Decision<long> Decide(IHiveView view, in DecisionContext context) =>
        Decision.Of(view.User(By.User)?.Reads == true ? view.NextOffset - 1 : view.SeenThrough(By.User));
}
