using Waggle.Core.Kernel;

namespace Waggle.Core.Runners;

/// <summary>The open spawns with the indexes that decisions need. Used by the owner's loop alone.</summary>
internal sealed class SpawnTable(EntityTable<SpawnEntity> spawns)
{
    private readonly Dictionary<string, string> _byAgent = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<long, string>> _byRunner = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Role, string Swarm), HashSet<string>> _byRole = [];
    private readonly Dictionary<(string Runner, string Role), int> _roles = [];
    private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<DateTimeOffset>> _recent = new(StringComparer.Ordinal);

    public int Count => _byAgent.Count;

    public SpawnEntity? this[string id] => spawns[id];

    public SpawnEntity? OfAgent(string agent) => _byAgent.TryGetValue(agent, out var id) ? spawns[id] : null;

    public IEnumerable<SpawnEntity> On(string runner) => _byRunner.TryGetValue(runner, out var ids) ? ids.Values.Select(id => spawns[id]!) : [];

    public IEnumerable<SpawnEntity> Of(string role, string swarm) => _byRole.TryGetValue((role, swarm), out var ids) ? ids.Select(id => spawns[id]!) : [];

    public int CountOn(string runner, string? role) =>
        role is null ? _byRunner.GetValueOrDefault(runner)?.Count ?? 0 : _roles.GetValueOrDefault((runner, role));

    public int CountOf(string user) => _users.GetValueOrDefault(user);

    public IEnumerable<string> Runners => _byRunner.Keys;

    public (int Count, DateTimeOffset? Until) Recent(string user, DateTimeOffset now)
    {
        if (!_recent.TryGetValue(user, out var times)) return default;
        while (times.TryPeek(out var first) && first <= now - TimeSpan.FromMinutes(1)) times.Dequeue();
        if (times.Count > 0) return (times.Count, times.Peek() + TimeSpan.FromMinutes(1));
        _recent.Remove(user);
        return default;
    }

    /// <summary>Adds a new or loaded spawn to the indexes.</summary>
    public void Index(SpawnEntity spawn)
    {
        _byAgent[spawn.Agent] = spawn.Id;
        if (!_byRunner.TryGetValue(spawn.Runner, out var ids)) _byRunner[spawn.Runner] = ids = [];
        ids[spawn.Seq] = spawn.Id;
        if (!_byRole.TryGetValue((spawn.Role, spawn.Swarm), out var same)) _byRole[(spawn.Role, spawn.Swarm)] = same = new(StringComparer.Ordinal);
        same.Add(spawn.Id);
        Add(_roles, (spawn.Runner, spawn.Role), 1);
        Add(_users, spawn.User, 1);
    }

    public void Requested(SpawnEntity spawn)
    {
        spawns.Put(spawn);
        Index(spawn);
        if (!_recent.TryGetValue(spawn.User, out var times)) _recent[spawn.User] = times = [];
        times.Enqueue(spawn.RequestedAt);
    }

    public void Put(SpawnEntity spawn)
    {
        spawns.Put(spawn);
        if (spawn.EndedAt is not null) Forget(spawn);
    }

    public void Clear()
    {
        _byAgent.Clear();
        _byRunner.Clear();
        _byRole.Clear();
        _roles.Clear();
        _users.Clear();
        _recent.Clear();
    }

    private void Forget(SpawnEntity spawn)
    {
        if (_byAgent.GetValueOrDefault(spawn.Agent) == spawn.Id) _byAgent.Remove(spawn.Agent);
        if (_byRunner.TryGetValue(spawn.Runner, out var ids) && ids.Remove(spawn.Seq) && ids.Count == 0) _byRunner.Remove(spawn.Runner);
        if (_byRole.TryGetValue((spawn.Role, spawn.Swarm), out var same) && same.Remove(spawn.Id) && same.Count == 0)
            _byRole.Remove((spawn.Role, spawn.Swarm));
        Add(_roles, (spawn.Runner, spawn.Role), -1);
        Add(_users, spawn.User, -1);
    }

    private static void Add<T>(Dictionary<T, int> counts, T key, int by)
        where T : notnull
    {
        var count = counts.GetValueOrDefault(key) + by;
        if (count == 0) counts.Remove(key);
        else counts[key] = count;
    }
}
