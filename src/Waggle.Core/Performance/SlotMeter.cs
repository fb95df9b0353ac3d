using Waggle.Core.Agents;
using Waggle.Core.Tasks.Matching;

namespace Waggle.Core.Performance;

/// <summary>
/// The slot time of each swarm. A slot is available while its agent is here and takes work, or holds a task in it; it is busy while a task is held in it. Only
/// the owner's loop uses it, and reads the changed agents at the end of each turn.
/// </summary>
internal sealed class SlotMeter
{
    private readonly AgentsState _agents;
    private readonly Dictionary<string, (string Swarm, int Busy, int Available)> _counted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SlotTime> _swarms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double?> _reported = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    public SlotMeter(AgentsState agents)
    {
        _agents = agents;
        agents.OnChange(agent => _changed.Add(agent));
    }

    /// <summary>Returns the busy and the available slot time of a swarm within the window.</summary>
    public (TimeSpan Busy, TimeSpan Available) Read(string swarm, DateTimeOffset now)
    {
        Sync(now);
        return _swarms.TryGetValue(swarm, out var time) ? time.Read(now) : default;
    }

    /// <summary>Returns the share of the available slot time that was busy, 0 to 1; null without available slots.</summary>
    public static double? Utilization(TimeSpan busy, TimeSpan available) => available == TimeSpan.Zero ? null : Math.Round(busy / available, 4);

    /// <summary>Returns the swarms whose utilization is not the one of their last report.</summary>
    public IEnumerable<string> Drifted(DateTimeOffset now)
    {
        Sync(now);
        foreach (var (swarm, time) in _swarms)
        {
            var (busy, available) = time.Read(now);
            if (Utilization(busy, available) != _reported.GetValueOrDefault(swarm)) yield return swarm;
        }
    }

    public void Reported(string swarm, double? utilization)
    {
        if (_swarms.ContainsKey(swarm)) _reported[swarm] = utilization;
    }

    /// <summary>Counts the agents that changed in this turn.</summary>
    public void Sync(DateTimeOffset now)
    {
        foreach (var id in _changed)
        {
            var (swarm, busy, available) = Count(id);
            _counted.Remove(id, out var before);
            if (before.Swarm is not null && before.Swarm != swarm) Of(before.Swarm, now).Change(-before.Busy, -before.Available, now);
            if (before.Swarm != swarm) before = default;
            if (swarm is null) continue;
            if (busy != before.Busy || available != before.Available) Of(swarm, now).Change(busy - before.Busy, available - before.Available, now);
            _counted[id] = (swarm, busy, available);
        }

        _changed.Clear();
    }

    /// <summary>Begins anew before a reload, after which each agent counts as changed.</summary>
    public void Reset()
    {
        _counted.Clear();
        _swarms.Clear();
        _reported.Clear();
        _changed.Clear();
    }

    private (string? Swarm, int Busy, int Available) Count(string id)
    {
        if (_agents.Agent(id) is not { RemovedAt: null } agent || _agents.Presence(id) is not { IsHere: true } presence) return default;
        var busy = presence.Holding.Count;
        return (agent.Swarm, busy, Eligibility.TakesWork(agent, presence) ? Math.Max(presence.Slots, busy) : busy);
    }

    private SlotTime Of(string swarm, DateTimeOffset now)
    {
        if (!_swarms.TryGetValue(swarm, out var time)) _swarms[swarm] = time = new(now);
        return time;
    }
}
