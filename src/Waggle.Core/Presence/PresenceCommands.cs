using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Notifications;
using Waggle.Core.Ports;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Presence;

/// <summary>Adds a user's connection and may set the status. The status belongs to the user, whichever connection sets it.</summary>
/// <param name="Status">The status; null keeps the user's status, or online for a user who was not connected.</param>
/// <param name="Reads">Whether the connection receives notifications and cannot mark them as seen. A notification sent while it is connected counts as seen
/// once it is gone.</param>
public sealed record SetPresence(string Connection, PresenceStatus? Status = null, bool Reads = false) : Command<PresenceView>
{
    public override string Right => Permissions.ReadPresence;

    public override Decision<PresenceView> Decide(IHiveView view, in DecisionContext context)
    {
        var records = new List<RecordData>(2);
        var known = view.User(By.User);
        if (known?.Connections.TryGetValue(Connection, out var there) != true || (Reads && !there.Reads)) records.Add(new UserCame(By.User, Connection, Reads));

        // The hub publishes a status even if it did not change, because its sender waits for the record.
        var status = Status ?? known?.Status ?? PresenceStatus.Online;
        if (known is null || Status is not null) records.Add(new UserPresenceChanged { User = By.User, OldStatus = known?.Status, Status = status });
        var connections = (known?.Connections.Count ?? 0) + (known?.Connections.ContainsKey(Connection) == true ? 0 : 1);
        return Decision.Of(new PresenceView(By.User, status, connections, known is { } k && k.Status == status ? k.Since : context.Now), records);
    }
}

/// <summary>Removes a user's connection that ended. The user is offline if it was the last one and no other comes within the grace period.</summary>
/// <param name="Heard">The offset up to which the connection has received everything, as far as the hub can tell.</param>
/// <param name="Replayed">The last of the notifications that the connection received when it came; 0 if there were none.</param>
public sealed record LeavePresence(string Connection, long Heard = 0, long Replayed = 0) : Command<NoResult>
{
    public override string Right => Permissions.ReadPresence;

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (IsReader(view)) keys.Add(SeenEntity.KeyOf(By.User));
    }

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.User(By.User) is not { } user || !user.Connections.TryGetValue(Connection, out var connection)) return Decision.Nothing;
        var records = new List<RecordData>(2) { new UserLeft(By.User, Connection) };
        var told = Math.Max(Replayed, Math.Max(After(view.LastToAll, connection), After(user.LastTold, connection)));
        var through = Math.Min(Heard, told);
        if (connection.Reads && through > view.SeenThrough(By.User)) records.Add(new NotificationsSeen { User = By.User, Through = through });
        return Decision.OfRecords(records);
    }

    private bool IsReader(IHiveView view) => view.User(By.User)?.Connections.GetValueOrDefault(Connection).Reads == true;

    private static long After(long offset, UserConnection connection) => offset > connection.Since ? offset : 0;
}

/// <summary>Lists the users who are connected.</summary>
public sealed record ListPresence : Command<PresencePage>
{
    public override string Right => Permissions.ReadPresence;

    // Users belong to the whole hive, so a principal that is limited to a part sees only itself.
    public override Decision<PresencePage> Decide(IHiveView view, in DecisionContext context) =>
        Decision.Of(new PresencePage([.. view.Users.OrderBy(u => u.User, StringComparer.Ordinal)
            .Select(u => new PresenceView(u.User, u.Status, u.Connections.Count, u.Since))]));
}

/// <summary>Handles the end of the grace period after a user's last connection.</summary>
internal sealed record PresenceTimer(string User) : Command<NoResult>
{
    public override string Right => Permissions.ReadPresence;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.User(User) is not { Connections.Count: 0 } user) return Decision.Nothing;
        var gone = new UserGone(User);
        return user.Status == PresenceStatus.Offline
            ? Decision.OfRecords(gone)
            : Decision.OfRecords(new UserPresenceChanged { User = User, OldStatus = user.Status, Status = PresenceStatus.Offline }, gone);
    }
}
