using Waggle.Core.Kernel;

namespace Waggle.Core.Workflows;

/// <summary>The stored entities of the feature that are in memory. Only the owner's loop uses it.</summary>
internal sealed class WorkflowTables(HiveContext hive)
{
    public EntityTable<WorkflowEntity> Workflows { get; } = hive.Table(WorkflowFeature.Workflows);

    public EntityTable<DefinitionEntity> Definitions { get; } = hive.Table(WorkflowFeature.Definitions);

    public EntityTable<RunEntity> Runs { get; } = hive.Table(WorkflowFeature.Runs);

    public EntityTable<RunInputEntity> Inputs { get; } = hive.Table(WorkflowFeature.Inputs);

    public EntityTable<StepEntity> Steps { get; } = hive.Table(WorkflowFeature.Steps);

    /// <summary>The steps, items and compensations of a run that the batch fetched or changed.</summary>
    public IEnumerable<StepEntity> FetchedSteps(string run) => Steps.Closed.Where(s => s.Run == run);

    /// <summary>The id of a step, item or compensation of a run that the batch fetched and could not read; null if there is none.</summary>
    public string? DamagedStep(string run) => Steps.Damaged.FirstOrDefault(id => id.StartsWith($"{run}/", StringComparison.Ordinal));
}
