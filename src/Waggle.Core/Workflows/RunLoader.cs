using System.Runtime.CompilerServices;
using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Core.Workflows;

/// <summary>Reads the parts of an open run at a start.</summary>
internal static class RunLoader
{
    /// <exception cref="StoreCorruptException">The definition is missing.</exception>
    public static async Task<DefinitionEntity> DefinitionAsync(IStore store, string hive, RunEntity run, CancellationToken cancel)
    {
        var found = await store.GetAsync(hive, [DefinitionEntity.KeyOf(run.Workflow, run.Version)], cancel);
        return found.Count > 0
            ? WorkflowFeature.Definitions.Parse(found[0])
            : throw new StoreCorruptException($"The definition of version {run.Version} of workflow '{run.Workflow}' is missing.");
    }

    /// <summary>The steps, items and compensations of a run, each map before its items.</summary>
    public static async IAsyncEnumerable<StepEntity> StepsAsync(
        IStore store, string hive, string run, [EnumeratorCancellation] CancellationToken cancel)
    {
        string? after = null;
        while (true)
        {
            var page = await store.RangeAsync(hive, StepEntity.RangeOf(run, Limits.MaxPageSize, after), cancel);
            foreach (var stored in page.Entities) yield return WorkflowFeature.Steps.Parse(stored);
            if (page.Entities.Count < Limits.MaxPageSize) yield break;
            after = page.Entities[^1].Id;
        }
    }
}
