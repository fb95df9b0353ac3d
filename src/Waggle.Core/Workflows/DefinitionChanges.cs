using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Workflows.Definitions;

namespace Waggle.Core.Workflows;

/// <summary>Applies the records about workflows and their versions. Only the owner's loop uses it.</summary>
internal sealed class DefinitionChanges(HiveContext hive, WorkflowTables tables)
{
    public VersionCallers Callers { get; } = new();

    public void Register()
    {
        hive.On<WorkflowDefined>((r, offset, at) => tables.Workflows.Put(RunEvolver.Define(tables.Workflows[r.Workflow], r, offset, at)));
        hive.On<DefinitionKept>(Keep);
        hive.On<WorkflowDeleted>((r, _, _) => Delete(r));
    }

    /// <summary>Takes up the stored workflows. One that an earlier version of the hub stored gets its versions from its definitions.</summary>
    public async Task LoadAsync(IStore store, CancellationToken cancel)
    {
        foreach (var stored in tables.Workflows.Open.ToArray())
        {
            var workflow = stored;
            if (workflow.Versions is null)
            {
                workflow = workflow with { Versions = await VersionsAsync(store, workflow, cancel) };
                tables.Workflows.Assume(workflow);
            }

            Callers.Follow(null, workflow);
        }
    }

    private void Keep(DefinitionKept r, long offset, DateTimeOffset at)
    {
        tables.Definitions.Put(RunEvolver.Define(r, offset, at));
        var before = tables.Workflows[r.Workflow]!;
        Put(before, before with { Versions = [.. before.Versions ?? [], new WorkflowVersion(r.Version, r.Calls)] });
    }

    private void Delete(WorkflowDeleted r)
    {
        var before = tables.Workflows[r.Workflow]!;
        foreach (var (version, _) in before.Versions ?? [])
        {
            if (r.Version is null || r.Version == version) tables.Definitions.Remove(DefinitionEntity.IdOf(r.Workflow, version));
        }

        if (r.Version is { } one)
        {
            Put(before, before with { Versions = [.. before.Versions!.Where(v => v.Version != one)] });
            return;
        }

        Callers.Follow(before, null);
        tables.Workflows.Remove(r.Workflow);
    }

    private void Put(WorkflowEntity before, WorkflowEntity after)
    {
        Callers.Follow(before, after);
        tables.Workflows.Put(after);
    }

    private async Task<IReadOnlyList<WorkflowVersion>> VersionsAsync(IStore store, WorkflowEntity workflow, CancellationToken cancel)
    {
        var versions = new List<WorkflowVersion>();
        for (var version = 1; version <= workflow.Version; version++)
        {
            var found = await store.GetAsync(hive.Hive, [DefinitionEntity.KeyOf(workflow.Id, version)], cancel);
            if (found.Count > 0) versions.Add(new(version, CallsOf(found[0])));
        }

        return versions;
    }

    // A damaged definition calls nothing, because no run of it can start.
    private static IReadOnlyList<string>? CallsOf(StoredEntity stored)
    {
        try
        {
            return WorkflowVersions.CallsOf(DefinitionJson.Read(WorkflowFeature.Definitions.Parse(stored).Definition));
        }
        catch (Exception e) when (e is EntityDamagedException or DefinitionException)
        {
            return null;
        }
    }
}
