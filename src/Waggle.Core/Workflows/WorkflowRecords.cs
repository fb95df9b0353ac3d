using System.Text.Json.Serialization;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Core.Workflows.Values;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>A version of a workflow was defined. The record has its size; the workflow's view has the definition.</summary>
public sealed record WorkflowDefined : RecordData
{
    [JsonIgnore]
    public override string Kind => "workflow_defined";

    [JsonIgnore]
    public override string Topic => field ??= $"workflow.{Workflow}.defined";

    public required string Workflow { get; init; }
    public required int Version { get; init; }
    public string? Description { get; init; }
    public required int Steps { get; init; }
    public required string DefinedBy { get; init; }
}

/// <summary>A workflow or one of its versions was deleted, by a client, or by the hub for a newer version.</summary>
public sealed record WorkflowDeleted : RecordData
{
    [JsonIgnore]
    public override string Kind => "workflow_deleted";

    [JsonIgnore]
    public override string Topic => field ??= $"workflow.{Workflow}.deleted";

    public required string Workflow { get; init; }

    /// <summary>The version; null for the workflow with all its versions.</summary>
    public int? Version { get; init; }
    public required string DeletedBy { get; init; }
}

/// <summary>A change of a run.</summary>
public abstract record RunRecord : RecordData
{
    [JsonIgnore]
    public sealed override string Topic => field ??= $"run.{Run}.{Kind["workflow_".Length..]}";

    public required string Run { get; init; }
    public required string Workflow { get; init; }
}

/// <summary>A run exists; its state is running or queued.</summary>
public sealed record WorkflowCreated : RunRecord
{
    [JsonIgnore]
    public override string Kind => "workflow_created";

    [JsonIgnore]
    internal override (string Prefix, string Id)? Creates => (IdPrefix.Run, Run);

    public required int Version { get; init; }
    public required WorkflowRunState State { get; init; }
    public string? Key { get; init; }
    public required string CreatedBy { get; init; }
    public required DateTimeOffset Deadline { get; init; }
    public required int Steps { get; init; }
    public required double Weight { get; init; }
    public required string InputHash { get; init; }
    public string? ParentRun { get; init; }
    public string? ParentStep { get; init; }
    public int? ParentItem { get; init; }
    public RunBudget? Budget { get; init; }
}

/// <summary>A queued run runs.</summary>
public sealed record WorkflowStarted : RunRecord
{
    [JsonIgnore]
    public override string Kind => "workflow_started";
}

/// <summary>The steps before a step have ended as it needs, and the hub evaluates its condition or its list.</summary>
public sealed record WorkflowStepReady : RunRecord
{
    [JsonIgnore]
    public override string Kind => "workflow_step_ready";

    public required string Step { get; init; }
}

public sealed record WorkflowStepStarted : RunRecord
{
    [JsonIgnore]
    public override string Kind => "workflow_step_started";

    public required string Step { get; init; }
    public string? Task { get; init; }

    /// <summary>The run of the workflow that the step calls.</summary>
    public string? Child { get; init; }

    /// <summary>The time at which the timer, or the wait for the signal, ends.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The number of items of a map.</summary>
    public int? Items { get; init; }

    /// <summary>Whether it is the compensation of the step.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Compensation { get; init; }
}

public sealed record WorkflowStepEnded : RunRecord
{
    [JsonIgnore]
    public override string Kind => "workflow_step_ended";

    public required string Step { get; init; }
    public required WorkflowStepState State { get; init; }
    public WorkflowError? Error { get; init; }
    public Bound? Output { get; init; }
    public long? DurationMs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Compensation { get; init; }
}

/// <summary>A signal for a step arrived.</summary>
public sealed record WorkflowSignalled : RunRecord
{
    [JsonIgnore]
    public override string Kind => "workflow_signalled";

    public required string Step { get; init; }
    public required string Signal { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Payload { get; init; }
    public required string SentBy { get; init; }
}

/// <summary>A run is on the way to its end: stopping, cancelling or compensating.</summary>
public sealed record WorkflowStopping : RunRecord
{
    [JsonIgnore]
    public override string Kind => "workflow_stopping";

    public required WorkflowRunState OldState { get; init; }
    public required WorkflowRunState State { get; init; }
    public WorkflowError? Error { get; init; }

    /// <summary>Whether compensations follow.</summary>
    public bool Compensate { get; init; }
    public string? Reason { get; init; }
    public string? RequestedBy { get; init; }
}

/// <summary>A failed or cancelled run runs again: its completed steps are kept, all others are open again.</summary>
public sealed record WorkflowRetried : RunRecord
{
    [JsonIgnore]
    public override string Kind => "workflow_retried";

    public required int Retries { get; init; }
    public required DateTimeOffset Deadline { get; init; }
    public required string RequestedBy { get; init; }
}

public sealed record WorkflowEnded : RunRecord
{
    [JsonIgnore]
    public override string Kind => "workflow_ended";

    public required WorkflowRunState State { get; init; }
    public WorkflowError? Error { get; init; }
    public Bound? Output { get; init; }
    public string? Reason { get; init; }
    public string? CancelledBy { get; init; }

    /// <summary>The time from the start to the end, in milliseconds; null for a run that never ran.</summary>
    public long? DurationMs { get; init; }
    public string? ParentRun { get; init; }
}

/// <summary>The content of a version. It is neither logged nor published; the commit of the record stores it.</summary>
internal sealed record DefinitionKept(
    string Workflow, int Version, string DefinedBy, int Depth, IReadOnlyList<string?> AssignTo, RawJson Definition, IReadOnlyList<string>? Calls)
    : InternalData;

/// <summary>The input of a run. It is neither logged nor published; the commit of the record stores it.</summary>
internal sealed record RunInputKept(string Run, Bound Input, DateTimeOffset Deadline) : InternalData;

/// <summary>An item of a map runs; the record of its task or run precedes it.</summary>
internal sealed record ItemStarted(string Run, int Step, int Item, string? Task, string? Child) : InternalData;

internal sealed record ItemEnded(string Run, int Step, int Item, WorkflowStepState State, WorkflowError? Error, Bound? Output) : InternalData;

/// <summary>A running part of a stopping run was told to stop.</summary>
internal sealed record StopAsked(string Run, int Step, int Item) : InternalData;

/// <summary>A run goes on in a later turn: this turn has done its share, or the store has no room for what would begin.</summary>
internal sealed record RunPostponed(string Run) : InternalData;

/// <summary>Steps of a retried run, as the last run left them, in the order of their ids.</summary>
/// <param name="UpTo">The id of the last one; null if no others follow.</param>
/// <param name="Damage">What of the steps cannot be read, for which the run fails; null if all can.</param>
internal sealed record StepsRestored(string Run, IReadOnlyList<StepEntity> Steps, string? UpTo, string? Damage) : InternalData;

/// <summary>An item of a map cannot start, so no further one does, and the step fails when the running ones have ended.</summary>
internal sealed record MapFailing(string Run, int Step, WorkflowError Error) : InternalData;
