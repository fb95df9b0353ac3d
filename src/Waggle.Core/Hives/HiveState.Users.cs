using Waggle.Core.Presence;
using Waggle.Protocol.Model;

namespace Waggle.Core.Hives;

/// <summary>Which users are here. Memory alone knows: it outlives a reload, as it was before the batch that failed.</summary>
internal sealed partial class HiveState
{
    private readonly Dictionary<string, UserPresence> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UserPresence?> _usersBefore = new(StringComparer.Ordinal);

    public IEnumerable<UserPresence> Users => _users.Values;

    public UserPresence? User(string subject) => _users.GetValueOrDefault(subject);

    /// <summary>A user's connection is gone, whether the batch that said so is stored or not.</summary>
    public void Forget(string user, string connection, DateTimeOffset at)
    {
        if (User(user) is { } here) _users[user] = Without(here, connection, at);
        Rearm(User(user));
    }

    private void Apply(UserPresenceChanged record, DateTimeOffset at)
    {
        var before = User(record.User);
        Put(record.User, (before ?? new UserPresence(record.User, record.Status, at)) with
        {
            Status = record.Status,
            Since = before?.Status == record.Status ? before.Since : at,
        });
    }

    private void Apply(UserCame came, long offset, DateTimeOffset at)
    {
        var user = User(came.User) ?? new UserPresence(came.User, PresenceStatus.Online, at);
        var since = user.Connections.TryGetValue(came.Connection, out var there) ? there.Since : offset;
        var connections = new Dictionary<string, UserConnection>(user.Connections, StringComparer.Ordinal) { [came.Connection] = new(since, came.Reads) };
        Put(came.User, user with { Connections = connections, LeftAt = null });
    }

    private void Told(string user, long offset)
    {
        if (User(user) is { } here) Put(user, here with { LastTold = offset });
    }

    private void Put(string user, UserPresence? presence)
    {
        _usersBefore.TryAdd(user, User(user));
        if (presence is null) _users.Remove(user);
        else _users[user] = presence;
        if (presence is null) Timers.Set(new(UserPresence.TimerKind, user), null);
        else Rearm(presence);
    }

    private void Rearm(UserPresence? user)
    {
        if (user is not null) Timers.Set(user.Key, user.LeftAt + _options.PresenceGrace);
    }

    private static UserPresence Without(UserPresence user, string connection, DateTimeOffset at)
    {
        if (!user.Connections.ContainsKey(connection)) return user;
        var left = user.Connections.Where(c => c.Key != connection).ToDictionary(StringComparer.Ordinal);
        return user with { Connections = left, LeftAt = left.Count == 0 ? at : null };
    }

    private void ResetUsers()
    {
        foreach (var (user, before) in _usersBefore)
        {
            if (before is null) _users.Remove(user);
            else _users[user] = before;
        }

        _usersBefore.Clear();
        foreach (var user in _users.Values) Rearm(user);
    }
}
