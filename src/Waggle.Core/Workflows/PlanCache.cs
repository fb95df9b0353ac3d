using Waggle.Core.Workflows.Definitions;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>The plans of the versions that open runs have, each once. Only the owner's loop uses it.</summary>
internal sealed class PlanCache
{
    private readonly Dictionary<string, (WorkflowPlan Plan, int Runs)> _plans = new(StringComparer.Ordinal);

    /// <summary>Returns the plan of a version that another run has, for one more run; null if no other run has it.</summary>
    public WorkflowPlan? Take(string id)
    {
        if (!_plans.TryGetValue(id, out var there)) return null;
        _plans[id] = (there.Plan, there.Runs + 1);
        return there.Plan;
    }

    /// <summary>Returns the definition of a version. That of one with open runs is not read again.</summary>
    public WorkflowDefinition Read(DefinitionEntity definition) =>
        _plans.TryGetValue(definition.Id, out var there) ? there.Plan.Definition : DefinitionJson.Read(definition.Definition);

    /// <summary>Returns the plan of a version for one more run.</summary>
    public WorkflowPlan Take(DefinitionEntity definition)
    {
        var (plan, runs) = _plans.TryGetValue(definition.Id, out var there) ? there : (PlanBuilder.Build(definition.Definition), 0);
        _plans[definition.Id] = (plan, runs + 1);
        return plan;
    }

    /// <summary>Gives back the plan of a run that ended.</summary>
    public void Release(RunEntity run)
    {
        var id = DefinitionEntity.IdOf(run.Workflow, run.Version);
        if (!_plans.TryGetValue(id, out var there)) return;
        if (there.Runs == 1) _plans.Remove(id);
        else _plans[id] = (there.Plan, there.Runs - 1);
    }

    public void Clear() => _plans.Clear();
}
