using Waggle.Core.Agents;

namespace Waggle.Core.Topology;

/// <summary>Which agents receive tasks that name no agent: in a ring the first one alone, else each agent.</summary>
internal interface IUnaddressedWork
{
    /// <summary>Applies the changes of agents so far; a caller calls it before it asks.</summary>
    void Sync();

    bool TakesUnaddressed(AgentEntity agent);

    /// <summary>Registers a callback for an agent whose answer may have changed.</summary>
    void OnEntryChange(Action<string> changed);
}
