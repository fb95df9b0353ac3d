using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>The steps of an ended run whose definition was deleted: those that began, in the order of their beginning.</summary>
internal static class StoredSteps
{
    public static async Task<IReadOnlyList<WorkflowStepView>> OfAsync(HiveReader reader, RunEntity run, CancellationToken cancel)
    {
        var found = new List<StepEntity>();
        string? after = null;
        while (true)
        {
            var page = await reader.RangeAsync(StepEntity.RangeOf(run.Id, Limits.MaxPageSize, after), cancel);
            found.AddRange(page.Entities.Select(e => reader.Parse(e, WorkflowFeature.Steps)).OfType<StepEntity>().Where(s => s.Item is null));
            if (page.Entities.Count < Limits.MaxPageSize) break;
            after = page.Entities[^1].Id;
        }

        var undone = found.Where(s => s.Compensation).ToDictionary(s => s.Step, StringComparer.Ordinal);
        return [.. found.Where(s => !s.Compensation).OrderBy(s => s.Seq).Select(s => View(s, undone.GetValueOrDefault(s.Step)))];
    }

    private static WorkflowStepView View(StepEntity step, StepEntity? compensation) =>
        WorkflowViews.Of(new WorkflowStep { Id = step.Step }, KindOf(step), step, compensation, runEnded: true);

    private static string KindOf(StepEntity step) => step switch
    {
        { Task: not null } => "task",
        { Child: not null } => "workflow",
        { Signalled: true } => "signal",
        _ => "unknown",
    };
}
