using Waggle.Core.Kernel;
using Waggle.Protocol;

namespace Waggle.Core.Agents;

/// <summary>Closes the connections of workers that were replaced or removed. The content of a message is fixed before the record changes the state.</summary>
internal sealed class AgentMessages
{
    private readonly HiveContext _hive;
    private readonly IAgentView _agents;

    public AgentMessages(HiveContext hive, IAgentView agents)
    {
        _hive = hive;
        _agents = agents;
        hive.Before<AgentRemoved>(Remove);
        hive.Before<AgentAttached>(Replace);
    }

    private void Remove(AgentRemoved removed)
    {
        if (_agents.Presence(removed.Agent)?.Link is { } gone)
            _hive.Messages.Add(() => gone.Close(CloseCodes.AgentRemoved, removed.Reason ?? "The agent was removed."));
    }

    private void Replace(AgentAttached attached)
    {
        if (_agents.Presence(attached.Agent)?.Link is { } older && !ReferenceEquals(older, attached.Link))
            _hive.Messages.Add(() => older.Close(CloseCodes.Replaced, "A newer connection of the same agent took over."));
    }
}
