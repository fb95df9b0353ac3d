using Waggle.Core.Kernel;
using Waggle.Core.Topology;
using Waggle.Core.Workflows.Definitions;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>
/// Applies the topology of a swarm to who starts a run. The hub creates the tasks of a run, so the one who starts it needs the right to create each of them.
/// </summary>
internal static class RunRights
{
    /// <summary>Returns the error for a principal that may not create a task of the workflow or of one that it calls; null if it may create all.</summary>
    public static Error? Problem(Principal by, DefinitionEntity definition, string swarm, IHiveView view)
    {
        if (by.Agent is null) return null;
        foreach (var agent in AgentsOf(definition))
        {
            if (TopologyRights.Assign(by, swarm, agent, view) is { } error) return error;
        }

        return null;
    }

    /// <summary>The agents that the steps and compensations are for, without those of called workflows; null for a task that any agent may take.</summary>
    public static IEnumerable<string?> AgentsOf(WorkflowDefinition definition) => definition.Steps
        .SelectMany(s => new[] { s.Task, s.Compensate }).OfType<TaskSpec>().Select(t => t.AssignTo).Distinct();

    // A stored definition without the agents counts the workflows that it calls as tasks that any agent may take.
    public static IEnumerable<string?> AgentsOf(DefinitionEntity definition)
    {
        if (definition.AssignTo is { } known) return known;
        var read = DefinitionJson.Read(definition.Definition);
        return read.Steps.Any(s => s.Workflow is not null) ? AgentsOf(read).Append(null) : AgentsOf(read);
    }
}
