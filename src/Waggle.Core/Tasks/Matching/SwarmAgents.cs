using Waggle.Core.Agents;

namespace Waggle.Core.Tasks.Matching;

/// <summary>A swarm's agents by capability, and the groups that an agent may belong to.</summary>
internal sealed class SwarmAgents
{
    private static readonly HashSet<string> None = [];

    private readonly Dictionary<string, HashSet<string>> _byCapability = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<CandidateGroup>> _groupsByCapability = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<CandidateGroup>> _groupsByName = new(StringComparer.Ordinal);
    private readonly HashSet<CandidateGroup> _groupsOfAll = [];

    public SortedSet<string> Ids { get; } = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> With(string capability) => _byCapability.GetValueOrDefault(capability) ?? None;

    public void Add(string id, IReadOnlyDictionary<string, double> capabilities)
    {
        Ids.Add(id);
        foreach (var capability in capabilities.Keys)
        {
            if (!_byCapability.TryGetValue(capability, out var ids)) _byCapability[capability] = ids = new(StringComparer.Ordinal);
            ids.Add(id);
        }
    }

    public void Remove(string id, IReadOnlyDictionary<string, double> capabilities)
    {
        Ids.Remove(id);
        foreach (var capability in capabilities.Keys)
        {
            if (_byCapability.TryGetValue(capability, out var ids) && ids.Remove(id) && ids.Count == 0) _byCapability.Remove(capability);
        }
    }

    /// <summary>Returns the groups that an agent may belong to; it belongs to most of them.</summary>
    public IEnumerable<CandidateGroup> GroupsFor(AgentEntity agent)
    {
        foreach (var group in _groupsOfAll) yield return group;
        foreach (var group in _groupsByName.GetValueOrDefault(agent.Id) ?? []) yield return group;
        foreach (var capability in agent.Capabilities.Keys)
        {
            foreach (var group in _groupsByCapability.GetValueOrDefault(capability) ?? []) yield return group;
        }
    }

    /// <summary>Files a group under its rarest capability.</summary>
    /// <returns>The agents that the group must check.</returns>
    public IReadOnlyCollection<string> Open(CandidateGroup group)
    {
        group.FiledUnder = group.AssignTo is null ? group.Capabilities.MinBy(c => With(c).Count) : null;
        SetOf(group, make: true)!.Add(group);
        if (group.AssignTo is { } named) return Ids.Contains(named) ? [named] : None;
        return group.FiledUnder is { } rarest ? With(rarest) : Ids;
    }

    public void Close(CandidateGroup group)
    {
        if (SetOf(group, make: false) is not { } groups || !groups.Remove(group) || groups.Count > 0) return;
        if (group.AssignTo is { } named) _groupsByName.Remove(named);
        else if (group.FiledUnder is { } capability) _groupsByCapability.Remove(capability);
    }

    private HashSet<CandidateGroup>? SetOf(CandidateGroup group, bool make)
    {
        if (group.AssignTo is null && group.FiledUnder is null) return _groupsOfAll;
        var (index, key) = group.AssignTo is { } named ? (_groupsByName, named) : (_groupsByCapability, group.FiledUnder!);
        if (!index.TryGetValue(key, out var groups) && make) index[key] = groups = [];
        return groups;
    }
}
