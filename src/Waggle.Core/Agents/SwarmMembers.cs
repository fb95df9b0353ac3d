namespace Waggle.Core.Agents;

/// <summary>The agents of each swarm in the order of their registration. Only the owner's loop uses it.</summary>
internal sealed class SwarmMembers
{
    private readonly Dictionary<string, SortedDictionary<long, string>> _swarms = new(StringComparer.Ordinal);

    /// <summary>Returns the ids of the agents of a swarm.</summary>
    public IReadOnlyCollection<string> Of(string swarm) => _swarms.TryGetValue(swarm, out var members) ? members.Values : [];

    /// <summary>Follows a change of an agent.</summary>
    /// <param name="before">The agent before; null for a new one.</param>
    public void Follow(AgentEntity? before, AgentEntity after)
    {
        if (before is not null && _swarms.TryGetValue(before.Swarm, out var members))
        {
            members.Remove(before.Seq);
            if (members.Count == 0) _swarms.Remove(before.Swarm);
        }

        if (after.RemovedAt is not null) return;
        if (!_swarms.TryGetValue(after.Swarm, out members)) _swarms[after.Swarm] = members = [];
        members[after.Seq] = after.Id;
    }

    public void Clear() => _swarms.Clear();
}
