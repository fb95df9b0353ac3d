using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>The feature of workflows: definitions, and runs whose steps are tasks.</summary>
internal sealed class WorkflowFeature : Feature
{
    public static readonly EntityType<WorkflowEntity> Workflows = new(WorkflowEntity.Entity, static () => WorkflowJson.Default.WorkflowEntity)
    {
        Id = w => w.Id,
        Row = w => new(w.Seq, null, [w.Swarm]),
        VersionOf = w => w.V,
    };

    public static readonly EntityType<DefinitionEntity> Definitions = new(DefinitionEntity.Entity, static () => WorkflowJson.Default.DefinitionEntity)
    {
        Id = d => d.Id,
        Row = d => new(d.Seq, d.DefinedAt, [d.Workflow]),
        ClosedAt = d => d.DefinedAt,
        VersionOf = d => d.V,
    };

    public static readonly EntityType<RunEntity> Runs = new(RunEntity.Entity, static () => WorkflowJson.Default.RunEntity)
    {
        Id = r => r.Id,
        Row = r => new(r.Seq, r.EndedAt, [r.Swarm, SnakeCase.Of(r.State), r.Workflow, r.Key, r.ParentRun]),
        ClosedAt = r => r.EndedAt,
        VersionOf = r => r.V,
        Retention = o => o.WorkflowRetention,
    };

    public static readonly EntityType<RunInputEntity> Inputs = new(RunInputEntity.Entity, static () => WorkflowJson.Default.RunInputEntity)
    {
        Id = i => i.Run,
        Row = i => new(i.Seq, i.Deadline, []),
        ClosedAt = i => i.Deadline,
        VersionOf = i => i.V,
        Retention = o => o.WorkflowRetention,
    };

    public static readonly EntityType<StepEntity> Steps = new(StepEntity.Entity, static () => WorkflowJson.Default.StepEntity)
    {
        Id = s => s.Id,
        Row = s => new(s.Seq, s.Deadline, [s.Run]),
        ClosedAt = s => s.Deadline,
        VersionOf = s => s.V,
        Retention = o => o.WorkflowRetention,
    };

    public override IReadOnlyList<EntityType> Entities => [Workflows, Definitions, Runs, Inputs, Steps];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("workflow_defined", static () => WorkflowJson.Default.WorkflowDefined),
        RecordType.Of("workflow_deleted", static () => WorkflowJson.Default.WorkflowDeleted),
        RecordType.Of("workflow_created", static () => WorkflowJson.Default.WorkflowCreated),
        RecordType.Of("workflow_started", static () => WorkflowJson.Default.WorkflowStarted),
        RecordType.Of("workflow_step_ready", static () => WorkflowJson.Default.WorkflowStepReady),
        RecordType.Of("workflow_step_started", static () => WorkflowJson.Default.WorkflowStepStarted),
        RecordType.Of("workflow_step_ended", static () => WorkflowJson.Default.WorkflowStepEnded),
        RecordType.Of("workflow_signalled", static () => WorkflowJson.Default.WorkflowSignalled),
        RecordType.Of("workflow_stopping", static () => WorkflowJson.Default.WorkflowStopping),
        RecordType.Of("workflow_retried", static () => WorkflowJson.Default.WorkflowRetried),
        RecordType.Of("workflow_ended", static () => WorkflowJson.Default.WorkflowEnded),
    ];

    public override IReadOnlyDictionary<string, string> Topics { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal) { ["workflow"] = "workflows", ["run"] = "workflows" };

    public override Task RunBesideAsync(HiveReader reader, TimeProvider time, ILogger log, CancellationToken stop) =>
        new StepEvaluator(reader, time, log).RunAsync(stop);

    public override IReadOnlyList<AdministrativeCommand> Administrative { get; } =
    [
        AdministrativeCommand.Of<DefineWorkflow>("workflow.define", static c => c.Target),
        AdministrativeCommand.Of<DeleteWorkflow>("workflow.delete", static c => c.Workflow),
        AdministrativeCommand.Of<StartRun>("run.start", static c => c.Start.Workflow, created: static r => (r as WorkflowRunView)?.Id),
        AdministrativeCommand.Of<SignalRun>("run.signal", static c => c.Run),
        AdministrativeCommand.Of<RetryRun>("run.retry", static c => c.Run),
        AdministrativeCommand.Of<CancelRun>("run.cancel", static c => c.Run),
    ];

    public override FeatureState Create(HiveContext hive) => new WorkflowsState(hive, (TasksState)hive.View<ITaskView>());
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(WorkflowEntity))]
[JsonSerializable(typeof(DefinitionEntity))]
[JsonSerializable(typeof(RunEntity))]
[JsonSerializable(typeof(RunInputEntity))]
[JsonSerializable(typeof(StepEntity))]
[JsonSerializable(typeof(WorkflowDefined))]
[JsonSerializable(typeof(WorkflowDeleted))]
[JsonSerializable(typeof(WorkflowCreated))]
[JsonSerializable(typeof(WorkflowStarted))]
[JsonSerializable(typeof(WorkflowStepReady))]
[JsonSerializable(typeof(WorkflowStepStarted))]
[JsonSerializable(typeof(WorkflowStepEnded))]
[JsonSerializable(typeof(WorkflowSignalled))]
[JsonSerializable(typeof(WorkflowStopping))]
[JsonSerializable(typeof(WorkflowRetried))]
[JsonSerializable(typeof(WorkflowEnded))]
internal sealed partial class WorkflowJson : JsonSerializerContext;
