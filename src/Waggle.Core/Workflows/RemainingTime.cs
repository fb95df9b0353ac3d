using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Workflows.Definitions;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>
/// The remaining time of a run: the longest path over its unfinished steps (the critical path method: Kelley and Walker, 1959), with the median durations
/// that the steps had in the latest completed runs of the same version. It is computed for a request, from what the store has.
/// </summary>
internal static class RemainingTime
{
    private const int Runs = 10;

    /// <returns>The milliseconds, or the reason why they are not known.</returns>
    public static async Task<(long? Ms, string? Unknown)> OfAsync(HiveReader reader, RunEntity run, CancellationToken cancel)
    {
        if (run.State != WorkflowRunState.Running) return (null, $"the run is {SnakeCase.Of(run.State)}");
        if (run.Restored is not null) return (null, "the retry of the run has only begun");
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["workflow"] = [run.Workflow],
            ["state"] = [SnakeCase.Of(WorkflowRunState.Completed)],
        };
        var page = await reader.QueryAsync(new EntityQuery(RunEntity.Entity.Name, equal, Limit: Runs), cancel);
        RunEntity[] before = [.. page.Entities.Select(e => reader.Parse(e, WorkflowFeature.Runs)).OfType<RunEntity>().Where(r => r.Version == run.Version)];
        if (before.Length == 0) return (null, $"no run of version {run.Version} has completed yet");
        var stored = await reader.GetAsync([DefinitionEntity.KeyOf(run.Workflow, run.Version)], cancel);
        if (stored.Count == 0 || reader.Parse(stored[0], WorkflowFeature.Definitions) is not { } definition) return (null, "the definition is missing");
        string[] ids = [.. DefinitionJson.Read(definition.Definition).Steps.Select(s => s.Id)];
        var durations = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        foreach (var other in before)
        {
            await foreach (var step in StepsAsync(reader, other.Id, ids, cancel))
            {
                if (step is not { State: WorkflowStepState.Completed, StartedAt: { } began, EndedAt: { } ended }) continue;
                if (!durations.TryGetValue(step.Step, out var list)) durations[step.Step] = list = [];
                list.Add((ended - began).TotalMilliseconds);
            }
        }

        var now = new Dictionary<string, StepEntity>(StringComparer.Ordinal);
        await foreach (var step in StepsAsync(reader, run.Id, ids, cancel))
        {
            now[step.Step] = step;
        }

        return Of(PlanBuilder.Build(definition.Definition), id => now.GetValueOrDefault(id), id => Median(durations.GetValueOrDefault(id)), reader.Now);
    }

    /// <summary>Returns the longest path over the unfinished steps.</summary>
    /// <param name="duration">The duration of a step in milliseconds; null if it is not known.</param>
    public static (long? Ms, string? Unknown) Of(WorkflowPlan plan, Func<string, StepEntity?> stepOf, Func<string, double?> duration, DateTimeOffset now)
    {
        var open = plan.Steps.Select(s => s.Before.Length).ToArray();
        var ends = new double[open.Length];
        var free = new Queue<int>(Enumerable.Range(0, open.Length).Where(i => open[i] == 0));
        while (free.TryDequeue(out var index))
        {
            var step = plan.Steps[index];
            var there = stepOf(step.Id);
            if (there is null || !OpenRun.IsEnded(there.State))
            {
                if (duration(step.Id) is not { } takes) return (null, $"step '{step.Id}' has not completed in an earlier run");
                var ran = there?.StartedAt is { } began ? (now - began).TotalMilliseconds : 0;
                ends[index] += Math.Max(0, takes - ran);
            }

            foreach (var after in step.After)
            {
                ends[after] = Math.Max(ends[after], ends[index]);
                if (--open[after] == 0) free.Enqueue(after);
            }
        }

        return ((long)ends.Max(), null);
    }

    // By their keys, so that the items of maps, of which a run may have millions, are not read.
    private static async IAsyncEnumerable<StepEntity> StepsAsync(
        HiveReader reader, string run, string[] ids, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var some in ids.Chunk(Limits.MaxPageSize))
        {
            var found = await reader.GetAsync([.. some.Select(id => new EntityKey(StepEntity.Entity.Name, StepEntity.IdOf(run, id)))], cancel);
            foreach (var stored in found)
            {
                if (reader.Parse(stored, WorkflowFeature.Steps) is { } step) yield return step;
            }
        }
    }

    private static double? Median(List<double>? values)
    {
        if (values is null) return null;
        values.Sort();
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
