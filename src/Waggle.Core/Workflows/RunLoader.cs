using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Workflows.Definitions;
using Waggle.Protocol;

namespace Waggle.Core.Workflows;

/// <summary>
/// Reads open runs at a start. A run whose definition or steps are missing or damaged gets a <see cref="OpenRun.Damage"/>, for which the hub fails it; the
/// others are not affected.
/// </summary>
internal sealed partial class RunLoader(IStore store, string hive, ILogger log, PlanCache plans)
{
    public async Task<OpenRun> RunAsync(RunEntity entity, CancellationToken cancel)
    {
        var id = DefinitionEntity.IdOf(entity.Workflow, entity.Version);
        if (plans.Take(id) is { } plan) return new(entity, plan);
        try
        {
            var found = await store.GetAsync(hive, [DefinitionEntity.KeyOf(entity.Workflow, entity.Version)], cancel);
            if (found.Count > 0) return new(entity, plans.Take(WorkflowFeature.Definitions.Parse(found[0])));
            LogDamaged(log, entity.Id, id, "It is missing.");
        }
        catch (Exception e) when (e is EntityDamagedException or DefinitionException)
        {
            LogDamaged(log, entity.Id, id, e.Message);
        }

        return new(entity, WorkflowPlan.Empty(entity.Workflow)) { Damage = $"The stored definition '{id}' is missing or damaged." };
    }

    /// <summary>The steps, items and compensations of a run, each map before its items.</summary>
    public async IAsyncEnumerable<StepEntity> StepsAsync(OpenRun run, [EnumeratorCancellation] CancellationToken cancel)
    {
        // A retried run has only the steps that the retry has taken up.
        var end = run.Entity.Restored;
        string? after = null;
        while (true)
        {
            var page = await store.RangeAsync(hive, StepEntity.RangeOf(run.Entity.Id, Limits.MaxPageSize, after), cancel);
            foreach (var stored in page.Entities)
            {
                if (end is not null && string.CompareOrdinal(stored.Id, end) > 0) yield break;
                if (Parse(run, stored) is { } step) yield return step;
            }

            if (page.Entities.Count < Limits.MaxPageSize) yield break;
            after = page.Entities[^1].Id;
        }
    }

    /// <summary>
    /// Returns what follows from the end of the last part of a running step; null while a part is open. It may have been lost before a restart, or a retry
    /// may have undone it.
    /// </summary>
    /// <param name="isOpen">Whether a task or run has not ended.</param>
    public static Command? EndOf(StepEntity step, StepPlace place, Func<string, bool> isOpen, Principal hub)
    {
        if (step is { Item: null, Items: { } items })
            return step.EndedItems == items || step.Error is not null ? new FinishMap(step.Run, place.Step) { By = hub } : null;
        return (step.Task ?? step.Child) is { } part && !isOpen(part) ? new EndStep(place, step.Task, step.Child) { By = hub } : null;
    }

    private StepEntity? Parse(OpenRun run, StoredEntity stored)
    {
        try
        {
            return WorkflowFeature.Steps.Parse(stored);
        }
        catch (EntityDamagedException e)
        {
            LogDamaged(log, run.Entity.Id, stored.Id, e.Message);
            run.Damage = $"The stored step '{stored.Id}' is damaged.";
            return null;
        }
    }

    [LoggerMessage(24, LogLevel.Error, "Run {Run} fails, because '{Part}' of it cannot be loaded; everything else runs. {Cause}")]
    private static partial void LogDamaged(ILogger logger, string run, string part, string cause);
}
