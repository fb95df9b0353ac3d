using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>What a run does when a step fails.</summary>
[JsonConverter(typeof(SnakeCaseEnum<OnFailure>))]
public enum OnFailure
{
    /// <summary>No further step starts, the running ones are cancelled, and the run ends <c>failed</c>.</summary>
    Stop,

    /// <summary>The steps that can still start do so. The run ends <c>failed</c> after them.</summary>
    Continue,

    /// <summary>As <see cref="Stop"/>; then the compensations of the completed steps run, the last completed step first.</summary>
    Compensate,
}

/// <summary>What the start of a run does while another run of the workflow has the same key.</summary>
[JsonConverter(typeof(SnakeCaseEnum<RunConflict>))]
public enum RunConflict
{
    /// <summary>The start is refused with <c>RUN_ACTIVE</c>.</summary>
    Reject,

    /// <summary>The run waits until the others have ended.</summary>
    Enqueue,

    /// <summary>The others are cancelled, and the run starts when they have ended.</summary>
    Replace,
}

/// <summary>How many of the steps before a step, or of the items of a map, have to complete.</summary>
[JsonConverter(typeof(SnakeCaseEnum<StepJoin>))]
public enum StepJoin
{
    All,

    /// <summary>At least one.</summary>
    Any,

    /// <summary>At least the number in <c>at_least</c>.</summary>
    NOfM,

    /// <summary>All have ended, in any state.</summary>
    AllDone,
}

/// <summary>A workflow: steps with dependencies. A run keeps the version with which it started.</summary>
/// <example>
/// <code>
/// new WorkflowDefinition
/// {
///     Id = "report",
///     Steps =
///     [
///         new() { Id = "fetch", Task = new() { Title = "Fetch the data" } },
///         new() { Id = "publish", DependsOn = ["fetch"], When = "steps.fetch.output.rows > 0", Task = new() { Title = "Publish" } },
///     ],
/// }
/// </code>
/// </example>
public sealed record WorkflowDefinition
{
    public required string Id { get; init; }
    public string? Description { get; init; }

    /// <summary>The swarm of the runs and their tasks. Default: <c>default</c>.</summary>
    public string? Swarm { get; init; }

    /// <summary>Default: stop.</summary>
    public OnFailure? OnFailure { get; init; }

    /// <summary>The rule for runs with the same key. Default: reject.</summary>
    public RunConflict? OnConflict { get; init; }

    /// <summary>The longest time of a run, in milliseconds. After it the run fails with <c>EXPIRED</c>. Default: 30 days.</summary>
    public long? TimeoutMs { get; init; }

    /// <summary>The limit of what a run may use. A start may name another one. Default: no limit.</summary>
    public RunBudget? Budget { get; init; }

    /// <summary>The output of a completed run: JSON in which <c>{"$": "steps.fetch.output"}</c> stands for a value.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Output { get; init; }

    public required IReadOnlyList<WorkflowStep> Steps { get; init; }
}

/// <summary>A step. It has exactly one of <c>task</c>, <c>workflow</c>, <c>timer</c> and <c>signal</c>.</summary>
public sealed record WorkflowStep
{
    public required string Id { get; init; }

    /// <summary>A task. Its input is JSON in which <c>{"$": "steps.fetch.output.rows"}</c> stands for a value.</summary>
    public TaskSpec? Task { get; init; }

    /// <summary>A run of another workflow.</summary>
    public WorkflowCall? Workflow { get; init; }
    public WorkflowTimer? Timer { get; init; }
    public WorkflowSignal? Signal { get; init; }

    /// <summary>The steps before this one.</summary>
    public IReadOnlyList<string>? DependsOn { get; init; }

    /// <summary>How many of the steps before it have to complete. Default: all.</summary>
    public StepJoin? Join { get; init; }

    /// <summary>The number for the join <c>n_of_m</c>.</summary>
    public int? AtLeast { get; init; }

    /// <summary>A condition, see docs/workflows.md. If it is false, the step is skipped.</summary>
    public string? When { get; init; }

    /// <summary>Runs the task or workflow once for each item of a list.</summary>
    public WorkflowMap? Map { get; init; }

    /// <summary>What the run does when this step fails. Default: that of the workflow.</summary>
    public OnFailure? OnFailure { get; init; }

    /// <summary>The share of the step in the run's progress. Default: 1.</summary>
    public double? Weight { get; init; }

    /// <summary>The task that undoes the step.</summary>
    public TaskSpec? Compensate { get; init; }
}

/// <param name="Over">The path of the list, for example <c>steps.fetch.output.rows</c>. It has at most 10,000 items.</param>
/// <param name="Join">How many of the items have to complete. Default: all.</param>
/// <param name="AtLeast">The number for the join <c>n_of_m</c>.</param>
public sealed record WorkflowMap(string Over, StepJoin? Join = null, int? AtLeast = null);

/// <param name="Id">The workflow. It has to exist when the calling workflow is defined.</param>
/// <param name="Version">Its version. Default: the latest one at the definition of the calling workflow.</param>
public sealed record WorkflowCall(string Id, int? Version = null)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Input { get; init; }
}

/// <param name="DelayMs">The time that the step waits, in milliseconds.</param>
public sealed record WorkflowTimer(long DelayMs);

/// <param name="Name">The name of the signal that the step waits for. The payload of the signal is the step's output.</param>
/// <param name="TimeoutMs">The longest wait, in milliseconds. After it the step fails with <c>SIGNAL_TIMEOUT</c>. Default: no limit.</param>
public sealed record WorkflowSignal(string Name, long? TimeoutMs = null);
