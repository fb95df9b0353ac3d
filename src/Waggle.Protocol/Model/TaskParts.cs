using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>The error of an attempt. The code is the worker's own, or one of the hub's: LEASE_LOST, TIMEOUT, DEPENDENCY_FAILED.</summary>
public sealed record TaskError(string Code, string Message);

/// <summary>The reference to a result that is too large for a record.</summary>
/// <param name="Blob">The name of the blob at the hub.</param>
/// <param name="Sha256">The SHA-256 of the content, 64 hexadecimal digits in lower case.</param>
/// <param name="ContentType">The content type that the worker gave; <c>application/json</c> for a result that came in a message.</param>
public sealed record ResultRef(string Blob, long Bytes, string Sha256, string ContentType);

/// <summary>The lease in force: the agent that has the task, the start and the token.</summary>
public sealed record LeaseInfo
{
    public required string Agent { get; init; }
    public required int Attempt { get; init; }

    /// <summary>The lease token: the offset of the task_assigned record, which only grows.</summary>
    public required long Token { get; init; }
    public required DateTimeOffset AssignedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public AssignmentReason? Reason { get; init; }

    /// <summary>The duration to expect, as the assignment found it; null under five measured attempts.</summary>
    public DurationEstimate? Estimate { get; init; }
}

/// <summary>
/// The duration to expect of an attempt: what the same agent needed for its last completed attempts on tasks of the same type, from start to end.
/// </summary>
/// <param name="P50Ms">The median in milliseconds.</param>
/// <param name="P90Ms">The 90th percentile in milliseconds.</param>
/// <param name="Samples">The number of measured attempts, 5 to 32.</param>
public sealed record DurationEstimate(long P50Ms, long P90Ms, int Samples);

/// <summary>The reason for the matcher's choice of an agent: the parts of the score, and the number of candidates.</summary>
/// <param name="Proficiency">The least proficiency over the required capabilities, 0 to 1; null if none is required.</param>
/// <param name="FreeShare">The free credit divided by the slots before this assignment, 0 to 1.</param>
/// <param name="Candidates">The number of agents that qualified and had credit.</param>
public sealed record AssignmentReason(double Score, double? Proficiency, double FreeShare, int Candidates, bool Avoided = false)
{
    /// <summary>Whether the agent was chosen because it asked the question that is now answered.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Resumed { get; init; }
}

/// <summary>The reason why no agent can have a pending task.</summary>
/// <param name="Code">no_agents | missing_capability | too_weak | named_agent_absent | offline | draining</param>
/// <param name="Capability">The capability that no agent has at the required proficiency.</param>
/// <param name="Nearest">The agent that comes nearest.</param>
/// <param name="ShortBy">The difference between the required proficiency and that of the nearest agent.</param>
public sealed record UnschedulableReason(string Code, string Message, string? Capability = null, string? Nearest = null, double? ShortBy = null);

/// <summary>One ended attempt.</summary>
public sealed record AttemptView
{
    public required string Task { get; init; }
    public required int Attempt { get; init; }
    public required string Agent { get; init; }
    public required long Token { get; init; }

    /// <summary>
    /// The outcome: completed | failed | timeout | lost | refused | released | cancelled | agent_removed | not_held | not_started | expired | asked
    /// </summary>
    public required string Outcome { get; init; }
    public required DateTimeOffset AssignedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public required DateTimeOffset EndedAt { get; init; }
    public AssignmentReason? Reason { get; init; }

    /// <summary>The duration to expect, as the assignment found it; null under five measured attempts.</summary>
    public DurationEstimate? Estimate { get; init; }
    public TaskError? Error { get; init; }

    /// <summary>What the attempt used, all models together; null if its worker reported nothing.</summary>
    public Usage? Usage { get; init; }

    /// <summary>What the attempt used by model, if it used more than one.</summary>
    public IReadOnlyList<Usage>? ModelUsage { get; init; }

    /// <summary>The last reported progress, from 0 to 1.</summary>
    public double? LastProgress { get; init; }
    public IReadOnlyList<string>? LogTail { get; init; }

    /// <summary>What the worker reported about a result that the hub checked: completed; null for any other attempt.</summary>
    public string? ClaimedOutcome { get; init; }

    /// <summary>The end of the checks: passed | failed | incomplete; null for an attempt without a check.</summary>
    public string? Verification { get; init; }
}

/// <summary>The view of a task.</summary>
public sealed record TaskView
{
    public required string Id { get; init; }
    public required TaskSpec Spec { get; init; }
    public required string Swarm { get; init; }
    public required TaskState State { get; init; }
    public required int Priority { get; init; }

    /// <summary>The only agent that may have the task: the one of <c>task.assign</c>, else that of the spec. Null if any agent may.</summary>
    public string? Assignee { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public string? CreatedBy { get; init; }

    /// <summary>The number of assignments so far. The hub counts failures, losses and refusals separately.</summary>
    public int Attempt { get; init; }
    public int Failures { get; init; }
    public int Losses { get; init; }
    public int Refusals { get; init; }
    public DateTimeOffset? NextRetryAt { get; init; }
    public LeaseInfo? Lease { get; init; }

    /// <summary>The progress, from 0 to 1; null before the first report of a worker.</summary>
    public double? Progress { get; init; }

    /// <summary>
    /// The time that a held task will still need, in milliseconds: the median of its agent's measured durations that are longer than the elapsed time, less
    /// the elapsed time; with a reported progress the part that is not done of that median. Null under five measured attempts, for an attempt that takes
    /// longer than all of them, and in lists.
    /// </summary>
    public long? RemainingMs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Result { get; init; }

    /// <summary>
    /// The reference to a result that is stored outside of its record. A request for this one task also fills <see cref="Result"/>, if the result is JSON that
    /// fits into a message.
    /// </summary>
    public ResultRef? ResultRef { get; init; }

    /// <summary>Whether the content that the reference names is gone from the hub's disk.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ResultMissing { get; init; }
    public TaskError? Error { get; init; }
    public bool DeadLetter { get; init; }
    public bool CancelRequested { get; init; }
    public string? CancelReason { get; init; }
    public string? CancelledBy { get; init; }

    /// <summary>What the last attempt used so far, all models together; null if its worker reported nothing.</summary>
    public Usage? Usage { get; init; }

    /// <summary>What the last attempt used by model, if it used more than one.</summary>
    public IReadOnlyList<Usage>? ModelUsage { get; init; }

    /// <summary>What all attempts of the task used; null if no worker reported anything.</summary>
    public UsageTotals? TotalUsage { get; init; }
    public string? ClaimedOutcome { get; init; }
    public string? VerifiedOutcome { get; init; }
    public string? Verification { get; init; }

    /// <summary>The reviews that ended, while the task is <c>verifying</c>.</summary>
    public IReadOnlyList<ReviewVerdict>? Verdicts { get; init; }

    /// <summary>The task whose result this one reviews.</summary>
    public string? Verifies { get; init; }
    public string? RetryOf { get; init; }

    /// <summary>The time when a purge erased the task's payload; null for a task that no purge erased.</summary>
    public DateTimeOffset? PurgedAt { get; init; }

    /// <summary>The client that purged the task.</summary>
    public string? PurgedBy { get; init; }

    /// <summary>The parts of the input that the hub fills in when an agent gets the task.</summary>
    public IReadOnlyList<InputRef>? InputRefs { get; init; }
    public UnschedulableReason? UnschedulableReason { get; init; }

    /// <summary>
    /// The limit or budget that keeps a pending task from being assigned, with its key and use, such as <c>concurrency:repo-7 (3 of 3)</c>, in the reply to a
    /// request for this one task. Null if none does.
    /// </summary>
    public string? WaitingFor { get; init; }

    /// <summary>Why the hub asked the worker to stop, in the reply to a request for this one task; null without such a request.</summary>
    public string? StopReason { get; init; }

    /// <summary>The open question that the task waits for; null in any other state than <c>input_required</c>.</summary>
    public string? Question { get; init; }

    /// <summary>The checkpoint for the next attempt, in the reply to a request for this one task.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Checkpoint { get; init; }
    public IReadOnlyList<AttemptView>? Attempts { get; init; }
}
