using Waggle.Core.Kernel;
using Waggle.Core.Notifications;
using Waggle.Protocol.Model;

namespace Waggle.Core.Presence;

/// <summary>The connected users as a decision sees them.</summary>
internal interface IPresenceView
{
    /// <summary>Returns a connected user; null without a connection.</summary>
    UserPresence? User(string subject);

    IEnumerable<UserPresence> Users { get; }
}

/// <summary>It outlives a reload, as it was before the batch that failed.</summary>
internal sealed class PresenceState : FeatureState, IPresenceView, INotificationReaders
{
    private readonly HiveContext _hive;
    private readonly Dictionary<string, UserPresence> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UserPresence?> _before = new(StringComparer.Ordinal);

    public PresenceState(HiveContext hive)
    {
        _hive = hive;
        hive.Timer(UserPresence.TimerKind, user => new PresenceTimer(user) { By = hive.Hub });
        hive.On<UserPresenceChanged>((r, _, at) => Change(r, at));
        hive.On<UserCame>(Come);
        hive.On<UserLeft>((left, _, at) => Leave(left.User, left.Connection, at));
        hive.On<UserGone>((gone, _, _) => Put(gone.User, null));
        hive.On<NotificationSent>((sent, offset, _) => Tell(sent.To, offset));
        hive.Views.Add<INotificationReaders>(this, static (whole, _, _) => whole);
        hive.Views.Add<IPresenceView>(this, static (whole, _, by) => new Reachable(whole, by));
    }

    public IEnumerable<UserPresence> Users => _users.Values;

    public UserPresence? User(string subject) => _users.GetValueOrDefault(subject);

    public bool IsReading(string user) => User(user)?.Reads == true;

    public override void EndBatch() => _before.Clear();

    public override void Reset()
    {
        foreach (var (user, before) in _before)
        {
            if (before is null) _users.Remove(user);
            else _users[user] = before;
        }

        _before.Clear();
        foreach (var user in _users.Values) Rearm(user);
    }

    // The connection has ended, whether the batch with that fact is stored or not.
    public override void Abandon(Command command, DateTimeOffset now)
    {
        if (command is not LeavePresence leave || User(leave.By.User) is not { } user) return;
        _users[user.User] = Without(user, leave.Connection, now);
        Rearm(_users[user.User]);
    }

    private void Change(UserPresenceChanged record, DateTimeOffset at)
    {
        var before = User(record.User);
        Put(record.User, (before ?? new UserPresence(record.User, record.Status, at)) with
        {
            Status = record.Status,
            Since = before?.Status == record.Status ? before.Since : at,
        });
    }

    private void Come(UserCame came, long offset, DateTimeOffset at)
    {
        var user = User(came.User) ?? new UserPresence(came.User, PresenceStatus.Online, at);
        var since = user.Connections.TryGetValue(came.Connection, out var there) ? there.Since : offset;
        var connections = new Dictionary<string, UserConnection>(user.Connections, StringComparer.Ordinal) { [came.Connection] = new(since, came.Reads) };
        Put(came.User, user with { Connections = connections, LeftAt = null });
    }

    private void Leave(string subject, string connection, DateTimeOffset at)
    {
        if (User(subject) is { } user) Put(subject, Without(user, connection, at));
    }

    private void Tell(string? subject, long offset)
    {
        if (subject is not null && User(subject) is { } user) Put(subject, user with { LastTold = offset });
    }

    private void Put(string user, UserPresence? presence)
    {
        _before.TryAdd(user, User(user));
        if (presence is null)
        {
            _users.Remove(user);
            _hive.Timers.Set(new(UserPresence.TimerKind, user), null);
        }
        else
        {
            _users[user] = presence;
            Rearm(presence);
        }
    }

    private void Rearm(UserPresence user) => _hive.Timers.Set(user.Key, user.LeftAt + _hive.Options.PresenceGrace);

    private static UserPresence Without(UserPresence user, string connection, DateTimeOffset at)
    {
        if (!user.Connections.ContainsKey(connection)) return user;
        var left = user.Connections.Where(c => c.Key != connection).ToDictionary(StringComparer.Ordinal);
        return user with { Connections = left, LeftAt = left.Count == 0 ? at : null };
    }

    // Users belong to no swarm, so a principal that is limited to swarms sees only itself.
    private sealed class Reachable(IPresenceView whole, Principal by) : IPresenceView
    {
        public UserPresence? User(string subject) => subject == by.User ? whole.User(subject) : null;

        public IEnumerable<UserPresence> Users => whole.User(by.User) is { } self ? [self] : [];
    }
}

internal static class PresenceViewExtensions
{
    extension(IHiveView view)
    {
        public UserPresence? User(string subject) => view.View<IPresenceView>().User(subject);

        public IEnumerable<UserPresence> Users => view.View<IPresenceView>().Users;
    }
}
