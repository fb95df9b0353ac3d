using System.Globalization;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Workflows.Definitions;
using Waggle.Core.Workflows.Values;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>One workflow with its definition.</summary>
/// <param name="Version">The version; null for the latest.</param>
public sealed record ShowWorkflow(string Workflow, int? Version = null) : Query<WorkflowView>
{
    internal override async Task<Outcome<WorkflowView>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (!By.Allowed(Permissions.ReadWorkflows)) return Refused(reader, new(ErrorCodes.Forbidden, By.Missing(Permissions.ReadWorkflows)));
        var found = await reader.GetAsync([new(WorkflowEntity.Entity.Name, Workflow)], cancel);
        if (found.Count == 0 || reader.Parse(found[0], WorkflowFeature.Workflows) is not { } workflow || !By.Reaches(workflow.Swarm))
            return Refused(reader, WorkflowViews.MissingWorkflow(Workflow).Error!);
        found = await reader.GetAsync([DefinitionEntity.KeyOf(Workflow, Version ?? workflow.Version)], cancel);
        if (found.Count == 0 || reader.Parse(found[0], WorkflowFeature.Definitions) is not { } definition)
            return Refused(reader, WorkflowViews.MissingWorkflow(Workflow, Version ?? workflow.Version).Error!);
        var read = DefinitionJson.Read(definition.Definition);
        var view = WorkflowViews.Of(workflow, read) with
        {
            Version = definition.Version,
            Description = read.Description,
            Steps = read.Steps.Count,
            DefinedAt = definition.DefinedAt,
            DefinedBy = definition.DefinedBy,
        };
        return new(view, null, reader.Head);
    }

    private static Outcome<WorkflowView> Refused(HiveReader reader, Error error) => new(null, error, reader.Head);
}

/// <summary>Lists the workflows of the swarms that the principal reaches, the newest first, one page at a time.</summary>
public sealed record ListWorkflows(string? Swarm = null, string? Cursor = null, int Limit = 100) : Query<WorkflowPage>
{
    internal override async Task<Outcome<WorkflowPage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (PageRules.Refusal(By, Permissions.ReadWorkflows, Cursor, Limit) is { } refusal) return new(null, refusal, reader.Head);
        if (Swarm is not null && !By.Reaches(Swarm)) return new(null, new(ErrorCodes.Forbidden, By.OutOfReach(Swarm)), reader.Head);
        var query = new EntityQuery(WorkflowEntity.Entity.Name, RunColumns.Swarm(By, Swarm), After: PageRules.SeqOf(Cursor), Limit: Limit);
        var (found, next, at) = await reader.PageAsync(query, WorkflowFeature.Workflows, null, cancel);
        return new(new WorkflowPage([.. found.Select(w => WorkflowViews.Of(w, null))], next), null, at);
    }
}

/// <summary>One run, with its remaining time and its output.</summary>
public sealed record ShowRun(string Run) : Query<WorkflowRunView>
{
    internal override async Task<Outcome<WorkflowRunView>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        var (run, problem) = await RunColumns.FindAsync(reader, By, Run, cancel);
        if (run is null) return new(null, problem, reader.Head);
        var view = WorkflowViews.Of(run);
        if (run.Output is { } output)
        {
            var values = new ValueReader(
                new(keys => new(reader.GetAsync(keys, cancel)), range => new(reader.RangeAsync(range, cancel)), reader.Blobs), Limits.MaxAssignedResultBytes);
            var filled = await values.FillAsync(output.Value, output.Refs ?? []);
            view = view with { Output = filled.Input, OutputRefs = filled.Omitted };
        }

        if (run.EndedAt is null)
        {
            if (await reader.AskAsync(new ReadLive(Run) { By = By }, TimeSpan.FromSeconds(1), cancel) is { } live)
            {
                view = view with
                {
                    Progress = run.Weight > 0 ? Math.Min(1, (run.DoneWeight + live.Weight) / run.Weight) : view.Progress,
                    WaitingFor = live.WaitingFor,
                };
            }

            var (remaining, unknown) = await RemainingTime.OfAsync(reader, run, cancel);
            view = view with { RemainingMs = remaining, RemainingUnknown = unknown };
        }

        return new(view, null, reader.Head);
    }
}

/// <summary>Lists the runs of the swarms that the principal reaches, the newest first, one page at a time.</summary>
public sealed record ListRuns(string? Workflow = null, string? Swarm = null, WorkflowRunState? State = null, string? Cursor = null, int Limit = 100)
    : Query<WorkflowRunPage>
{
    internal override async Task<Outcome<WorkflowRunPage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (PageRules.Refusal(By, Permissions.ReadWorkflows, Cursor, Limit) is { } refusal) return new(null, refusal, reader.Head);
        if (Swarm is not null && !By.Reaches(Swarm)) return new(null, new(ErrorCodes.Forbidden, By.OutOfReach(Swarm)), reader.Head);
        var equal = RunColumns.Swarm(By, Swarm);
        if (Workflow is not null) equal["workflow"] = [Workflow];
        if (State is { } state) equal["state"] = [SnakeCase.Of(state)];
        var query = new EntityQuery(RunEntity.Entity.Name, equal, After: PageRules.SeqOf(Cursor), Limit: Limit);
        var (found, next, at) = await reader.PageAsync(query, WorkflowFeature.Runs, null, cancel);
        return new(new WorkflowRunPage([.. found.Select(WorkflowViews.Of)], next), null, at);
    }
}

/// <summary>Lists the steps of a run in the order of the definition, one page at a time.</summary>
public sealed record ListSteps(string Run, string? Cursor = null, int Limit = 100) : Query<WorkflowStepPage>
{
    internal override async Task<Outcome<WorkflowStepPage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (PageRules.Refusal(By, Permissions.ReadWorkflows, Cursor, Limit) is { } refusal) return new(null, refusal, reader.Head);
        var (run, problem) = await RunColumns.FindAsync(reader, By, Run, cancel);
        if (run is null) return new(null, problem, reader.Head);
        var stored = await reader.GetAsync([DefinitionEntity.KeyOf(run.Workflow, run.Version)], cancel);
        var entity = stored.Count == 0 ? null : reader.Parse(stored[0], WorkflowFeature.Definitions);
        if (entity is null || entity.Seq > run.Seq) return await WithoutDefinitionAsync(reader, run, cancel);
        var steps = DefinitionJson.Read(entity.Definition).Steps;
        var from = From(steps.Count);
        var some = steps.Skip(from).Take(Limit).ToArray();
        EntityKey[] keys =
        [
            .. some.Select(s => new EntityKey(StepEntity.Entity.Name, StepEntity.IdOf(Run, s.Id))),
            .. some.Where(s => s.Compensate is not null).Select(s => new EntityKey(StepEntity.Entity.Name, StepEntity.CompensationIdOf(Run, s.Id))),
        ];
        var found = (await reader.GetAsync(keys, cancel)).Select(e => reader.Parse(e, WorkflowFeature.Steps)).OfType<StepEntity>()
            .Where(s => StepEntity.IsOf(run, s.Id)).ToDictionary(s => s.Id, StringComparer.Ordinal);
        var next = from + some.Length < steps.Count ? (from + some.Length).ToString(CultureInfo.InvariantCulture) : null;
        var live = run.EndedAt is null ? await reader.AskAsync(new ReadLive(Run) { By = By }, TimeSpan.FromSeconds(1), cancel) : null;
        var views = some.Select(s => View(run, s, found) with { WaitingFor = live?.Waiting.Contains(s.Id) == true ? live.WaitingFor : null });
        return new(new([.. views], next), null, reader.Head);
    }

    private async Task<Outcome<WorkflowStepPage>> WithoutDefinitionAsync(HiveReader reader, RunEntity run, CancellationToken cancel)
    {
        var steps = await StoredSteps.OfAsync(reader, run, cancel);
        var from = From(steps.Count);
        WorkflowStepView[] some = [.. steps.Skip(from).Take(Limit)];
        var next = from + some.Length < steps.Count ? (from + some.Length).ToString(CultureInfo.InvariantCulture) : null;
        return new(new(some, next), null, reader.Head);
    }

    private int From(int count) => (int)Math.Min(PageRules.SeqOf(Cursor) ?? 0, count);

    private WorkflowStepView View(RunEntity run, WorkflowStep step, Dictionary<string, StepEntity> found) => WorkflowViews.Of(
        step,
        step switch { { Task: not null } => "task", { Workflow: not null } => "workflow", { Timer: not null } => "timer", _ => "signal" },
        found.GetValueOrDefault(StepEntity.IdOf(Run, step.Id)),
        found.GetValueOrDefault(StepEntity.CompensationIdOf(Run, step.Id)),
        run.EndedAt is not null);
}

internal static class RunColumns
{
    public static Dictionary<string, IReadOnlyList<string>> Swarm(Principal by, string? swarm)
    {
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (swarm is not null) equal["swarm"] = [swarm];
        else if (by.Swarms is { } reached) equal["swarm"] = [.. reached];
        return equal;
    }

    /// <summary>Finds a run that the principal may read.</summary>
    public static async Task<(RunEntity? Run, Error? Problem)> FindAsync(HiveReader reader, Principal by, string id, CancellationToken cancel)
    {
        if (!by.Allowed(Permissions.ReadWorkflows)) return (null, new(ErrorCodes.Forbidden, by.Missing(Permissions.ReadWorkflows)));
        if (!Ids.IsValid(id)) return (null, new(ErrorCodes.InvalidRequest, Ids.Rule("run", id)));
        var found = await reader.GetAsync([RunEntity.KeyOf(id)], cancel);
        return found.Count > 0 && reader.Parse(found[0], WorkflowFeature.Runs) is { } run && by.Reaches(run.Swarm)
            ? (run, null)
            : (null, WorkflowViews.MissingRun(id).Error);
    }
}
