using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>What went wrong in an attempt. The code is the worker's own word, or one of the hub's: LEASE_LOST, TIMEOUT, DEPENDENCY_FAILED.</summary>
public sealed record TaskError(string Code, string Message);

/// <summary>What an attempt used, as the worker measured it; null is unknown.</summary>
public sealed record Usage
{
    public long? InputTokens { get; init; }
    public long? OutputTokens { get; init; }

    /// <summary>In US dollars.</summary>
    public double? CostUsd { get; init; }
}

/// <summary>A result that is too large for a record: where it lies, and what it is.</summary>
/// <param name="Blob">Its name, for the hub.</param>
/// <param name="Sha256">Of the content, 64 hexadecimal digits in lower case.</param>
/// <param name="ContentType">As its worker named it; <c>application/json</c> for one that came in a message.</param>
public sealed record ResultRef(string Blob, long Bytes, string Sha256, string ContentType);

/// <summary>The lease in force: who has the task, since when and under which token.</summary>
public sealed record LeaseInfo
{
    public required string Agent { get; init; }
    public required int Attempt { get; init; }

    /// <summary>The offset of the task_assigned record: it only grows.</summary>
    public required long Token { get; init; }
    public required DateTimeOffset AssignedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public AssignmentReason? Reason { get; init; }
}

/// <summary>Why the matcher chose this agent: the parts of the score, and how many agents could have had the task.</summary>
/// <param name="Proficiency">The least over the required capabilities, 0..1; null where none is required.</param>
/// <param name="FreeShare">Free credit over slots before this assignment, 0..1.</param>
/// <param name="Candidates">Agents that fitted and had credit.</param>
public sealed record AssignmentReason(double Score, double? Proficiency, double FreeShare, int Candidates, bool Avoided = false);

/// <summary>Why a pending task has nobody.</summary>
/// <param name="Code">no_agents | missing_capability | too_weak | named_agent_absent | offline | draining</param>
/// <param name="Capability">Which capability nobody has enough of.</param>
/// <param name="Nearest">The agent that comes nearest.</param>
/// <param name="ShortBy">By how much its proficiency falls short.</param>
public sealed record UnschedulableReason(string Code, string Message, string? Capability = null, string? Nearest = null, double? ShortBy = null);

/// <summary>One ended attempt.</summary>
public sealed record AttemptView
{
    public required string Task { get; init; }
    public required int Attempt { get; init; }
    public required string Agent { get; init; }
    public required long Token { get; init; }

    /// <summary>completed | failed | timeout | lost | refused | released | cancelled | agent_removed</summary>
    public required string Outcome { get; init; }
    public required DateTimeOffset AssignedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public required DateTimeOffset EndedAt { get; init; }
    public AssignmentReason? Reason { get; init; }
    public TaskError? Error { get; init; }
    public Usage? Usage { get; init; }

    /// <summary>The last reported progress, 0..1.</summary>
    public double? LastProgress { get; init; }
    public IReadOnlyList<string>? LogTail { get; init; }
}

/// <summary>A task as it is shown.</summary>
public sealed record TaskView
{
    public required string Id { get; init; }
    public required TaskSpec Spec { get; init; }
    public required string Swarm { get; init; }
    public required TaskState State { get; init; }
    public required int Priority { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public string? CreatedBy { get; init; }

    /// <summary>Numbered assignments so far; failures, losses and refusals are counted apart.</summary>
    public int Attempt { get; init; }
    public int Failures { get; init; }
    public int Losses { get; init; }
    public int Refusals { get; init; }
    public DateTimeOffset? NextRetryAt { get; init; }
    public LeaseInfo? Lease { get; init; }

    /// <summary>0..1; null until a worker reported one.</summary>
    public double? Progress { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Result { get; init; }

    /// <summary>
    /// Of a result that is kept outside of its record; <see cref="Result"/> is then there where it is JSON and fits into a message, and one task is asked for.
    /// </summary>
    public ResultRef? ResultRef { get; init; }

    /// <summary>What the reference names is gone from the hub's disk.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ResultMissing { get; init; }
    public TaskError? Error { get; init; }
    public bool DeadLetter { get; init; }
    public bool CancelRequested { get; init; }
    public string? CancelReason { get; init; }
    public string? CancelledBy { get; init; }
    public Usage? Usage { get; init; }
    public string? ClaimedOutcome { get; init; }
    public string? VerifiedOutcome { get; init; }
    public string? Verification { get; init; }
    public string? RetryOf { get; init; }
    public UnschedulableReason? UnschedulableReason { get; init; }
    public IReadOnlyList<AttemptView>? Attempts { get; init; }
}
