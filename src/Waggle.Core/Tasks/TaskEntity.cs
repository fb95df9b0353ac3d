using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks.Verifying;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>A task's durable state. Immutable: a change creates a new value, so that any thread may read a view of it.</summary>
public sealed record TaskEntity
{
    public static EntityKind Entity { get; } = new("task", ["swarm", "state", "parent", "agent", "idempotency"], ["idempotency"]);

    /// <summary>The version of the stored form.</summary>
    public int V { get; init; } = 1;
    public required string Id { get; init; }

    /// <summary>The offset of the task's task_created record.</summary>
    public required long Seq { get; init; }
    public required TaskSpec Spec { get; init; }
    public required string Swarm { get; init; }
    public required TaskState State { get; init; }
    public required int Priority { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public string? CreatedBy { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The time when the task last became pending, which starts schedule-to-start.</summary>
    public DateTimeOffset? QueuedAt { get; init; }

    /// <summary>
    /// The time when the task first became pending, so that a retry or a loss keeps its place in the queue. Null if that is <see cref="QueuedAt"/>.
    /// </summary>
    public DateTimeOffset? FirstQueuedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Attempt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Failures { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Losses { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Refusals { get; init; }
    public DateTimeOffset? NextRetryAt { get; init; }

    /// <summary>The lease in force; after the end, the lease under which the task ended.</summary>
    public LeaseInfo? Lease { get; init; }

    /// <summary>The last lease, if it lapsed. The hub still accepts its result while no other agent has the task.</summary>
    public LeaseInfo? Lapsed { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Result { get; init; }

    /// <summary>The reference in place of a result that is too large for the entity.</summary>
    public ResultRef? ResultRef { get; init; }
    public TaskError? Error { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DeadLetter { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool CancelRequested { get; init; }
    public string? CancelReason { get; init; }
    public string? CancelledBy { get; init; }
    public DateTimeOffset? CancelDeadline { get; init; }

    /// <summary>What the last attempt used so far, all models together.</summary>
    public Usage? Usage { get; init; }

    /// <summary>What the last attempt used so far, by model. Earlier versions did not store it.</summary>
    public IReadOnlyList<Usage>? AttemptUsage { get; init; }

    /// <summary>What all attempts used. Earlier versions did not store it.</summary>
    public UsageTotals? TotalUsage { get; init; }
    public string? ClaimedOutcome { get; init; }
    public string? VerifiedOutcome { get; init; }
    public string? Verification { get; init; }
    /// <summary>The completion that is being checked; null in any other state than verifying.</summary>
    public Claim? Claim { get; init; }

    /// <summary>The task whose result this one reviews.</summary>
    public string? Verifies { get; init; }
    public string? RetryOf { get; init; }

    /// <summary>The number of agents that qualified at the creation, as its reply gave it. Earlier versions did not store it.</summary>
    public int? MatchingAgents { get; init; }

    /// <summary>
    /// The agents that failed, lost, refused or did not start the task. For a while other agents come first, see <see cref="HiveOptions.OthersFirst"/>.
    /// </summary>
    public IReadOnlyList<string>? Avoid { get; init; }

    /// <summary>The only agent that may have the task since a command named it; null if <see cref="TaskSpec.AssignTo"/> decides.</summary>
    public string? Assignee { get; init; }

    /// <summary>The question that the task waits for, and the attempt that asked it; null in any other state than input_required.</summary>
    public AskedQuestion? Question { get; init; }

    /// <summary>The answers to the questions of earlier attempts, the newest last, for the next assignment. The end of the task clears them.</summary>
    public IReadOnlyList<QuestionAnswer>? Answers { get; init; }

    /// <summary>The JSON that the last attempt kept for the next one. The end of the task clears it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Checkpoint { get; init; }

    /// <summary>The request to the worker to stop; null without one. The end of the attempt clears it.</summary>
    public StopRequest? Stop { get; init; }

    /// <summary>The agent that asked the question that is now answered. It receives the task if it has a free slot.</summary>
    public string? Prefer { get; init; }

    /// <summary>The parts of the input that the hub fills in when an agent gets the task.</summary>
    public IReadOnlyList<InputRef>? InputRefs { get; init; }

    /// <summary>The time when a purge erased the task's payload; null for a task that no purge erased.</summary>
    public DateTimeOffset? PurgedAt { get; init; }

    /// <summary>The client that purged the task.</summary>
    public string? PurgedBy { get; init; }

    /// <summary>The only agent that may have the task; null if any agent may.</summary>
    [JsonIgnore]
    public string? OnlyFor => Assignee ?? Spec.AssignTo;

    /// <summary>Whether an agent holds the task under a lease, also while the agent waits for an answer.</summary>
    [JsonIgnore]
    public bool IsHeld => State.IsHeld() || (State == TaskState.InputRequired && Lease is not null);

    [JsonIgnore]
    public EntityKey Key => new(Entity.Name, Id);

    /// <summary>Returns the value of the key column. An idempotency key is unique within a swarm.</summary>
    public static string IdempotencyColumn(string swarm, string key) => $"{swarm}/{key}";

    internal static UniqueKey IdempotencyKeyOf(string swarm, string key) => new(Entity.Name, "idempotency", IdempotencyColumn(swarm, key));

    public bool Holds(string? agent, int attempt, long token) =>
        IsHeld && Lease is { } lease && lease.Agent == agent && lease.Attempt == attempt && lease.Token == token;
}

/// <summary>The question that a task waits for, and the attempt that asked it.</summary>
/// <param name="Id">The question's id.</param>
public sealed record AskedQuestion(string Id, string Text, string Agent, int Attempt, long Token);
