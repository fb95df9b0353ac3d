using System.Text.Json.Serialization;
using Waggle.Core.Ports;
using Waggle.Core.Workflows.Values;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>A workflow and its latest version. It is always in memory; its definitions are in the store.</summary>
public sealed record WorkflowEntity
{
    public static EntityKind Entity { get; } = new("workflow", ["swarm"]);

    public int V { get; init; } = 1;
    public required string Id { get; init; }
    public required long Seq { get; init; }
    public required int Version { get; init; }
    public required string Swarm { get; init; }
    public string? Description { get; init; }
    public required int Steps { get; init; }
    public required DateTimeOffset DefinedAt { get; init; }
    public required string DefinedBy { get; init; }

    /// <summary>The versions that exist, the oldest first. Earlier versions of the hub did not store them; the hub then fills them in when it starts.</summary>
    public IReadOnlyList<WorkflowVersion>? Versions { get; init; }
}

/// <summary>A version that exists.</summary>
/// <param name="Calls">The versions of workflows that it calls, each as WORKFLOW/VERSION; null if it calls none.</param>
public sealed record WorkflowVersion(int Version, IReadOnlyList<string>? Calls = null);

/// <summary>One version of a workflow. It never changes and is closed from the start, so that no restart loads it by itself.</summary>
public sealed record DefinitionEntity
{
    public static EntityKind Entity { get; } = new("workflow_definition", ["workflow"]);

    public int V { get; init; } = 1;
    public required long Seq { get; init; }
    public required string Workflow { get; init; }
    public required int Version { get; init; }
    public required DateTimeOffset DefinedAt { get; init; }
    public required string DefinedBy { get; init; }

    /// <summary>The depth of the workflows that it calls; 1 if it calls none.</summary>
    public required int Depth { get; init; }

    /// <summary>
    /// The agents that its tasks and those of the workflows that it calls are for; a null stands for a task that any agent may take. Earlier versions of the
    /// hub did not store them.
    /// </summary>
    public IReadOnlyList<string?>? AssignTo { get; init; }

    /// <summary>The definition, with the version of each workflow that it calls.</summary>
    public required RawJson Definition { get; init; }

    [JsonIgnore]
    public string Id => IdOf(Workflow, Version);

    internal static string IdOf(string workflow, int version) => $"{workflow}/{version}";

    internal static EntityKey KeyOf(string workflow, int version) => new(Entity.Name, IdOf(workflow, version));
}

/// <summary>A run. It is in memory until it ends, with its steps. It stays small, because each end of a step writes it.</summary>
public sealed record RunEntity
{
    public static EntityKind Entity { get; } = new("workflow_run", ["swarm", "state", "workflow", "key", "parent"]);

    public int V { get; init; } = 1;
    public required string Id { get; init; }
    public required long Seq { get; init; }
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
    public int EndedSteps { get; init; }
    public int FailedSteps { get; init; }
    public int SkippedSteps { get; init; }

    /// <summary>The weight of the ended steps, and of all.</summary>
    public double DoneWeight { get; init; }
    public required double Weight { get; init; }
    public WorkflowError? Error { get; init; }
    public string? CancelReason { get; init; }
    public string? CancelledBy { get; init; }

    /// <summary>Whether compensations follow when nothing runs any more.</summary>
    public bool Compensate { get; init; }
    public bool Compensated { get; init; }
    public int Retries { get; init; }

    /// <summary>The offset of the last retry. Earlier versions of the hub did not store it.</summary>
    public long? RetriedSeq { get; init; }

    /// <summary>
    /// The id of the last step that a retry has taken up, empty before the first one; null for a run that has all its steps.
    /// </summary>
    public string? Restored { get; init; }

    /// <summary>What a retry could not take up, for which the hub fails the run; null if it has all.</summary>
    public string? Damage { get; init; }
    public string? ParentRun { get; init; }
    public string? ParentStep { get; init; }
    public int? ParentItem { get; init; }

    /// <summary>The limits that the definition or the start names; null for none.</summary>
    public RunBudget? Budget { get; init; }

    /// <summary>What the tasks of the run, and of the runs below it, reported; null for nothing.</summary>
    public UsageTotals? Usage { get; init; }

    /// <summary>The digest of the input, by which a repeated start is recognized.</summary>
    public required string InputHash { get; init; }
    public Bound? Output { get; init; }

    [JsonIgnore]
    public EntityKey EntityKey => KeyOf(Id);

    internal static EntityKey KeyOf(string id) => new(Entity.Name, id);
}

/// <summary>The input of a run. It is closed from the start, with the deadline of the run, so that retention keeps it as long as the run may need it.</summary>
public sealed record RunInputEntity
{
    public static EntityKind Entity { get; } = new("workflow_input", []);

    public int V { get; init; } = 1;
    public required string Run { get; init; }
    public required long Seq { get; init; }
    public required Bound Input { get; init; }
    public required DateTimeOffset Deadline { get; init; }
}

/// <summary>
/// A step that is no longer waiting, an item of its map or its compensation. It is closed from the start, with the deadline of its run, so that a restart loads
/// the steps of open runs alone.
/// </summary>
public sealed record StepEntity
{
    public static EntityKind Entity { get; } = new("workflow_step", ["run"]);

    public int V { get; init; } = 1;
    public required long Seq { get; init; }
    public required string Run { get; init; }
    public required string Step { get; init; }

    /// <summary>The number of the item of a map; null for the step itself.</summary>
    public int? Item { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Compensation { get; init; }
    public required WorkflowStepState State { get; init; }
    public string? Task { get; init; }

    /// <summary>The run of the workflow that the step calls.</summary>
    public string? Child { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The offset of its end: the order of compensation.</summary>
    public long? EndedSeq { get; init; }

    /// <summary>The number of the items of a map, and of those that ended.</summary>
    public int? Items { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int EndedItems { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int CompletedItems { get; init; }

    /// <summary>Whether the signal of the step arrived.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Signalled { get; init; }

    /// <summary>The output; null for that of a task or a map, which are where they were made.</summary>
    public Bound? Output { get; init; }
    public WorkflowError? Error { get; init; }
    public required DateTimeOffset Deadline { get; init; }

    [JsonIgnore]
    public string Id => Compensation ? CompensationIdOf(Run, Step) : Item is { } item ? ItemIdOf(Run, Step, item) : IdOf(Run, Step);

    /// <summary>The output as a value with references.</summary>
    [JsonIgnore]
    internal Bound Value => State != WorkflowStepState.Completed ? Bound.Null
        : Output ?? (Task is { } task ? Bound.OfTask(task) : Items is not null ? Bound.OfItems(Run, Step) : Bound.Null);

    internal static string IdOf(string run, string step) => $"{run}/{step}";

    internal static string ItemIdOf(string run, string step, int item) => $"{run}/{step}/{item:D5}";

    internal static string CompensationIdOf(string run, string step) => $"{run}/{step}/undo";

    /// <summary>
    /// Whether a stored step belongs to the run as it is. A retry takes up the steps in the order of their ids; those that follow are of the run before.
    /// </summary>
    internal static bool IsOf(RunEntity run, string id) => run.Restored is not { } upTo || string.CompareOrdinal(id, upTo) <= 0;

    /// <summary>The range of the ids of a run's steps, items and compensations.</summary>
    internal static EntityRange RangeOf(string run, int limit, string? after = null) =>
        new(Entity.Name, null, after is null ? $"{run}/" : after + "\0", $"{run}0", limit);

    /// <summary>The range of the ids of a map's items, in their order.</summary>
    internal static EntityRange ItemsOf(string runAndStep, int limit, string? after = null) =>
        new(Entity.Name, null, after is null ? $"{runAndStep}/0" : after + "\0", $"{runAndStep}/:", limit);
}
