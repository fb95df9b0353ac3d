using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;
using Waggle.Core.Workflows.Definitions;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>Defines a workflow, or its next version. A definition that equals the latest version creates none.</summary>
/// <param name="Definition">The JSON of a <see cref="WorkflowDefinition"/>. Each problem names its place in it.</param>
public sealed record DefineWorkflow(RawJson Definition) : Command<WorkflowView>
{
    // The check of a large definition takes time, so it runs before the loop where it can. A command that goes straight to the loop checks there.
    private readonly Lazy<(WorkflowPlan? Plan, Error? Problem)> _read = new(() => Read(Definition), LazyThreadSafetyMode.ExecutionAndPublication);

    public override string Right => Permissions.WriteWorkflows;

    public override bool Creates => true;

    public override int Bytes => Definition.Utf8.Length;

    private WorkflowDefinition? Read() => _read.Value.Plan?.Definition;

    public override Error? Malformed() => _read.Value.Problem;

    public override string? Refusal(IHiveView hive)
    {
        if (Read() is not { } definition) return null;
        var swarm = definition.Swarm ?? SwarmEntity.DefaultId;
        if (!By.Reaches(swarm)) return By.OutOfReach(swarm);
        return hive.Workflow(definition.Id) is { } there && !By.Reaches(there.Swarm) ? By.OutOfReach(there.Swarm) : null;
    }

    /// <summary>The id of the definition; null for one that cannot be read.</summary>
    internal string? Target => Read()?.Id;

    internal override async ValueTask<(Command Command, Error? Problem)> PrepareAsync(HiveReader reader, CancellationToken cancel)
    {
        await ThreadPoolSwitch.Switch();
        return (this, Malformed());
    }

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        var definition = Read()!;
        if (view.Workflow(definition.Id) is { } latest) keys.Add(DefinitionEntity.KeyOf(latest.Id, latest.Version));
        foreach (var step in definition.Steps)
        {
            if (step.Workflow is not { } call) continue;
            if ((call.Version ?? view.Workflow(call.Id)?.Version) is { } version) keys.Add(DefinitionEntity.KeyOf(call.Id, version));
        }
    }

    public override Decision<WorkflowView> Decide(IHiveView view, in DecisionContext context)
    {
        var definition = Read()!;
        var swarm = definition.Swarm ?? SwarmEntity.DefaultId;
        if (view.Swarm(swarm) is null) return Decision.Reject(ErrorCodes.NotFound, $"swarm: there is no swarm '{swarm}'.");
        var (pinned, depth, agents, problem) = Pin(definition, swarm, view);
        if (problem is not null) return Decision.Reject(problem, []);
        var text = DefinitionJson.Write(pinned);
        var latest = view.Workflow(definition.Id);
        if (latest is not null && latest.Swarm != swarm)
        {
            return Decision.Reject(
                ErrorCodes.InvalidState, $"swarm: workflow '{definition.Id}' belongs to swarm '{latest.Swarm}', and its versions stay there.");
        }

        if (latest is not null && view.Definition(latest.Id, latest.Version) is { } there && there.Definition.Equals(text))
            return Decision.Of(WorkflowViews.Of(latest, null) with { Duplicate = true });
        if (latest is null && view.WorkflowCount >= Limits.MaxWorkflows)
            return Decision.Reject(ErrorCodes.QuotaExceeded, $"The hive has {Limits.MaxWorkflows} workflows, as many as it may.");
        var calls = WorkflowVersions.CallsOf(pinned);
        var records = new List<RecordData>();
        if (latest?.Versions is { Count: >= Limits.MaxWorkflowVersions })
        {
            if (WorkflowVersions.OldestUnused(latest, calls, view.Workflows) is not { } oldest)
            {
                return Decision.Reject(
                    ErrorCodes.QuotaExceeded,
                    $"Workflow '{latest.Id}' has {Limits.MaxWorkflowVersions} versions, as many as it may, and each has open runs or is called by a workflow.");
            }

            records.Add(new WorkflowDeleted { Workflow = latest.Id, Version = oldest, Swarm = swarm, DeletedBy = By.Subject });
        }

        var defined = new WorkflowDefined
        {
            Workflow = definition.Id,
            Version = (latest?.Version ?? 0) + 1,
            Swarm = swarm,
            Description = definition.Description,
            Steps = definition.Steps.Count,
            DefinedBy = By.Subject,
        };
        records.Add(defined);
        records.Add(new DefinitionKept(definition.Id, defined.Version, By.Subject, depth, agents, text, calls));
        return Decision.Of(WorkflowViews.Defined(latest, records, view.NextOffset, context.Now), records);
    }

    // A called workflow keeps its version, and it existed before, so that workflows never call each other in a circle.
    private static (WorkflowDefinition Pinned, int Depth, IReadOnlyList<string?> Agents, Error? Problem) Pin(
        WorkflowDefinition definition, string swarm, IHiveView view)
    {
        var depth = 1;
        var agents = new HashSet<string?>(RunRights.AgentsOf(definition));
        WorkflowStep[]? steps = null;
        for (var i = 0; i < definition.Steps.Count; i++)
        {
            if (definition.Steps[i].Workflow is not { } call) continue;
            var place = $"steps[{i}].workflow";
            if (view.Workflow(call.Id) is not { } called) return Refused(ErrorCodes.NotFound, $"{place}.id: there is no workflow '{call.Id}'.");
            var version = call.Version ?? called.Version;
            if (view.Definition(call.Id, version) is not { } there)
                return Refused(ErrorCodes.NotFound, $"{place}.version: workflow '{call.Id}' has no version {version}; the latest is {called.Version}.");
            if (called.Swarm != swarm)
                return Refused(ErrorCodes.InvalidRequest, $"{place}.id: workflow '{call.Id}' belongs to swarm '{called.Swarm}', and this one to '{swarm}'.");
            depth = Math.Max(depth, there.Depth + 1);
            if (depth > Limits.MaxWorkflowDepth)
                return Refused(ErrorCodes.InvalidRequest, $"{place}: workflows call workflows at most {Limits.MaxWorkflowDepth} deep.");
            agents.UnionWith(RunRights.AgentsOf(there));
            if (agents.Count > Limits.MaxWorkflowSteps)
            {
                return Refused(
                    ErrorCodes.InvalidRequest,
                    $"{place}: the tasks of a workflow and of those that it calls are for at most {Limits.MaxWorkflowSteps} agents.");
            }
            steps ??= [.. definition.Steps];
            steps[i] = steps[i] with { Workflow = call with { Version = version } };
        }

        return (steps is null ? definition : definition with { Steps = steps }, depth, [.. agents], null);

        (WorkflowDefinition, int, IReadOnlyList<string?>, Error?) Refused(string code, string message) => (definition, 0, [], new(code, message));
    }

    private static (WorkflowPlan? Plan, Error? Problem) Read(RawJson text)
    {
        try
        {
            return (PlanBuilder.Build(text), null);
        }
        catch (DefinitionException e)
        {
            return (null, new(ErrorCodes.InvalidRequest, e.Message));
        }
    }
}
