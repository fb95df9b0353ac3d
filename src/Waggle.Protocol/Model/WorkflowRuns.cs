using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

[JsonConverter(typeof(SnakeCaseEnum<WorkflowRunState>))]
public enum WorkflowRunState
{
    /// <summary>Waits for other runs with the same key.</summary>
    Queued,
    Running,

    /// <summary>A step failed: no further step starts, and the running ones are being cancelled.</summary>
    Stopping,

    /// <summary>The compensations of the completed steps run.</summary>
    Compensating,

    /// <summary>A cancellation was requested, and the running steps have not ended.</summary>
    Cancelling,

    /// <summary>Every step completed or was skipped.</summary>
    Completed,
    Failed,
    Cancelled,
}

[JsonConverter(typeof(SnakeCaseEnum<WorkflowStepState>))]
public enum WorkflowStepState
{
    /// <summary>Waits for the steps before it.</summary>
    Waiting,

    /// <summary>The hub evaluates its condition or its list.</summary>
    Evaluating,
    Running,
    Completed,
    Failed,

    /// <summary>Its condition was false, or its join rule cannot be met.</summary>
    Skipped,
    Cancelled,

    /// <summary>The run ended before the step could start.</summary>
    NotRun,
}

/// <summary>A part of an input that the hub fills in when a worker gets the task, so that an output is stored once.</summary>
public sealed record InputRef
{
    /// <summary>The place in the input, as a JSON pointer; empty for the whole input.</summary>
    public required string At { get; init; }

    /// <summary>The task whose result it is.</summary>
    public string? Task { get; init; }

    /// <summary>The run whose input it is.</summary>
    public string? Run { get; init; }

    /// <summary>The map step, as RUN/STEP, whose outputs it lists.</summary>
    public string? Items { get; init; }

    /// <summary>The place in the result, as a JSON pointer; empty for the whole result.</summary>
    public string Path { get; init; } = "";

    /// <summary>The reference to the result, for a result that the hub does not fill in.</summary>
    public ResultRef? ResultRef { get; init; }

    /// <summary>Whether the value existed and retention deleted it. The place in the input or output is null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Gone { get; init; }
}

/// <summary>The input of a task with the parts that were too large for its assignment.</summary>
public sealed record TaskInput
{
    public RawJson Input { get; init; }

    /// <summary>
    /// The parts that are null in the input: results that are no JSON, and what would make the input larger than 16 MiB; null if there are none.
    /// </summary>
    public IReadOnlyList<InputRef>? InputRefs { get; init; }
}

/// <summary>The start of a run.</summary>
public sealed record WorkflowStart
{
    public required string Workflow { get; init; }

    /// <summary>Default: the latest version.</summary>
    public int? Version { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Input { get; init; }

    /// <summary>The subject of the run, for example a customer. At most one run of a workflow runs for each key.</summary>
    public string? Key { get; init; }

    /// <summary>Default: that of the definition.</summary>
    public RunConflict? OnConflict { get; init; }

    /// <summary>The limit of what the run may use. Default: that of the definition.</summary>
    public RunBudget? Budget { get; init; }

    /// <summary>A second start with the same key by the same user answers with the existing run.</summary>
    public string? IdempotencyKey { get; init; }
}

public sealed record WorkflowView
{
    public required string Id { get; init; }
    public required int Version { get; init; }
    public required string Swarm { get; init; }
    public string? Description { get; init; }
    public required int Steps { get; init; }
    public required DateTimeOffset DefinedAt { get; init; }
    public required string DefinedBy { get; init; }

    /// <summary>The versions that exist, the oldest first.</summary>
    public IReadOnlyList<int> Versions { get; init; } = [];

    /// <summary>The definition, for a request for one workflow.</summary>
    public WorkflowDefinition? Definition { get; init; }

    /// <summary>Whether the definition equals the latest version, so that no new version was created.</summary>
    public bool Duplicate { get; init; }
}

/// <param name="Step">The step that caused it; null for the run itself.</param>
public sealed record WorkflowError(string Code, string Message, string? Step = null);

public sealed record WorkflowRunView
{
    public required string Id { get; init; }
    public required string Workflow { get; init; }
    public required int Version { get; init; }
    public required string Swarm { get; init; }
    public required WorkflowRunState State { get; init; }
    public string? Key { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public required DateTimeOffset Deadline { get; init; }
    public required int Steps { get; init; }
    public required int EndedSteps { get; init; }
    public required int FailedSteps { get; init; }
    public required int SkippedSteps { get; init; }

    /// <summary>The weight of the ended steps, as a share of the weight of all steps, from 0 to 1.</summary>
    public required double Progress { get; init; }

    /// <summary>
    /// The remaining time in milliseconds: the longest path of unfinished steps, by the median durations of earlier runs. Null if it is not known.
    /// </summary>
    public long? RemainingMs { get; init; }

    /// <summary>The reason why the remaining time is not known.</summary>
    public string? RemainingUnknown { get; init; }

    /// <summary>The reason why the next steps do not begin, for a request for one run; null if nothing holds them up.</summary>
    public string? WaitingFor { get; init; }
    public WorkflowError? Error { get; init; }
    public string? CancelReason { get; init; }

    /// <summary>What the tasks of the run, and of the runs that its steps started, reported; null if they reported nothing.</summary>
    public UsageTotals? Usage { get; init; }

    /// <summary>The number of times that the run was retried.</summary>
    public int Retries { get; init; }

    /// <summary>Whether compensations ran.</summary>
    public bool Compensated { get; init; }
    public string? ParentRun { get; init; }
    public string? ParentStep { get; init; }

    /// <summary>The output of a completed run, for a request for one run. Parts that are too large are null and in <see cref="OutputRefs"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Output { get; init; }
    public IReadOnlyList<InputRef>? OutputRefs { get; init; }
    public bool Duplicate { get; init; }
}

public sealed record WorkflowStepView
{
    public required string Step { get; init; }
    public required WorkflowStepState State { get; init; }

    /// <summary>What the step is: task, workflow, timer or signal; unknown if the definition was deleted and the step does not tell.</summary>
    public required string Kind { get; init; }
    public IReadOnlyList<string>? DependsOn { get; init; }

    /// <summary>The task of the step.</summary>
    public string? Task { get; init; }

    /// <summary>The run of the step's workflow.</summary>
    public string? Run { get; init; }
    public string? Signal { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The time at which the timer, or the wait for the signal, ends.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The number of items of a map.</summary>
    public int? Items { get; init; }
    public int? EndedItems { get; init; }
    public int? FailedItems { get; init; }

    /// <summary>The reason why the step, or the next items of its map, does not begin although the steps before it have ended.</summary>
    public string? WaitingFor { get; init; }
    public WorkflowError? Error { get; init; }

    /// <summary>The task that undoes the step, and its state.</summary>
    public string? CompensationTask { get; init; }
    public WorkflowStepState? Compensation { get; init; }
}

public sealed record WorkflowPage(IReadOnlyList<WorkflowView> Workflows, string? Cursor);

public sealed record WorkflowRunPage(IReadOnlyList<WorkflowRunView> Runs, string? Cursor);

/// <summary>The steps of a run in the order of the definition.</summary>
public sealed record WorkflowStepPage(IReadOnlyList<WorkflowStepView> Steps, string? Cursor);
