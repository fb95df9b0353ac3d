using Waggle.Core.Kernel;

namespace Waggle.Core.Agents;

/// <summary>
/// The presence of the agents: connection, credit and last sign of life. Links and credit outlive a batch that fails, as they were before it. Only the
/// owner's loop uses it.
/// </summary>
internal sealed class PresenceTable
{
    private readonly Dictionary<string, AgentLiveness> _presence = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (IAgentLink? Link, int Slots, bool Polls)> _before = new(StringComparer.Ordinal);

    /// <summary>The number of agents that are here, see <see cref="AgentLiveness.IsHere"/>.</summary>
    public int OnlineCount { get; private set; }

    public IReadOnlyDictionary<string, AgentLiveness> All => _presence;

    public AgentLiveness? this[string agent] => _presence.GetValueOrDefault(agent);

    public AgentLiveness Of(string agent)
    {
        if (!_presence.TryGetValue(agent, out var presence)) _presence[agent] = presence = new();
        return presence;
    }

    /// <summary>Returns an agent's presence for a change of its link or credit. If the batch is not stored, the earlier values return.</summary>
    public AgentLiveness Remember(string agent)
    {
        var presence = Of(agent);
        _before.TryAdd(agent, (presence.Link, presence.Slots, presence.Polls));
        return presence;
    }

    /// <summary>Removes the link of an agent. The end of a connection is a fact, whether its batch is stored or not.</summary>
    public void Detach(string agent)
    {
        var presence = Of(agent);
        if (_before.TryGetValue(agent, out var before) && ReferenceEquals(before.Link, presence.Link)) _before[agent] = before with { Link = null };
        presence.Link = null;
    }

    /// <summary>Notes a message of the agent's worker.</summary>
    /// <returns>Whether the agent takes work from now on, or is here, and was not before.</returns>
    public bool Seen(string agent, DateTimeOffset at)
    {
        var presence = Of(agent);
        if (!presence.IsHere) OnlineCount++;
        var changed = !presence.IsHere || presence.Unresponsive;
        presence.Online = true;
        presence.Heard = true;
        presence.Unresponsive = false;
        presence.LastSeenAt = presence.SilentSince = at;
        return changed;
    }

    public void GoOffline(string agent)
    {
        var presence = Of(agent);
        if (presence.IsHere) OnlineCount--;
        presence.Online = false;
    }

    /// <summary>Treats an agent that was just loaded as online for one period.</summary>
    public void Assume(string agent, DateTimeOffset now)
    {
        var presence = Of(agent);
        if (!presence.IsHere && presence.Heard) OnlineCount++;
        presence.Online = true;
        presence.Unresponsive = false;
        presence.LastSeenAt = presence.SilentSince = now;
    }

    public void Forget(string agent)
    {
        if (_presence.Remove(agent, out var presence) && presence.IsHere) OnlineCount--;
    }

    public void ForgetAllBut(EntityTable<AgentEntity> known)
    {
        foreach (var agent in _presence.Keys.Where(a => !known.Contains(a)).ToArray()) Forget(agent);
    }

    public void EndBatch() => _before.Clear();

    public void Reset()
    {
        foreach (var presence in _presence.Values) presence.Holding.Clear();
        foreach (var (agent, (link, slots, polls)) in _before)
        {
            var presence = Of(agent);
            presence.Link = link;
            presence.Slots = slots;
            presence.Polls = polls;
        }

        _before.Clear();
    }
}
