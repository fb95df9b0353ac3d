using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>Which versions of workflows exist, and which of them nothing needs any more. Pure.</summary>
internal static class WorkflowVersions
{
    /// <summary>Returns the versions of workflows that a definition with fixed versions calls; null if it calls none.</summary>
    public static IReadOnlyList<string>? CallsOf(WorkflowDefinition pinned)
    {
        string[] calls = [.. pinned.Steps.Select(s => s.Workflow).OfType<WorkflowCall>().Select(c => DefinitionEntity.IdOf(c.Id, c.Version ?? 0)).Distinct()];
        return calls.Length == 0 ? null : calls;
    }

    /// <summary>Returns the number of the versions that call a version, or any version of the workflow from outside of it.</summary>
    public static int CallersOf(WorkflowEntity workflow, int? version, IWorkflowView view)
    {
        var versions = workflow.Versions ?? [];
        if (version is { } one) return view.CallersOf(DefinitionEntity.IdOf(workflow.Id, one));
        var own = $"{workflow.Id}/";
        return versions.Sum(v => view.CallersOf(DefinitionEntity.IdOf(workflow.Id, v.Version)))
            - versions.Sum(v => v.Calls?.Count(c => c.StartsWith(own, StringComparison.Ordinal)) ?? 0);
    }

    /// <summary>
    /// Returns the oldest version that is not the latest one, has no open run, and is called neither now nor by the next version; null if there is none.
    /// </summary>
    public static int? OldestUnused(WorkflowEntity workflow, IReadOnlyList<string>? nextCalls, IWorkflowView view)
    {
        foreach (var (version, _) in workflow.Versions ?? [])
        {
            var id = DefinitionEntity.IdOf(workflow.Id, version);
            if (version != workflow.Version && view.CallersOf(id) == 0 && nextCalls?.Contains(id) != true && view.OpenRunsOf(workflow.Id, version) == 0)
                return version;
        }

        return null;
    }
}

/// <summary>How many versions of workflows call a version. Only the owner's loop uses it.</summary>
internal sealed class VersionCallers
{
    private readonly Dictionary<string, int> _callers = new(StringComparer.Ordinal);

    public int Of(string definition) => _callers.GetValueOrDefault(definition);

    /// <summary>Follows the change of a workflow; null for one that is new, or that is deleted.</summary>
    public void Follow(WorkflowEntity? before, WorkflowEntity? after)
    {
        Add(before, -1);
        Add(after, 1);
    }

    public void Clear() => _callers.Clear();

    private void Add(WorkflowEntity? workflow, int by)
    {
        foreach (var version in workflow?.Versions ?? [])
        {
            foreach (var called in version.Calls ?? [])
            {
                var count = _callers.GetValueOrDefault(called) + by;
                if (count == 0) _callers.Remove(called);
                else _callers[called] = count;
            }
        }
    }
}
