using System.Text.Json.Serialization;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>A task's durable state. Immutable: a change is a new value, so that views of it may be read on any thread.</summary>
public sealed record TaskEntity
{
    public static EntityKind Entity { get; } = new("task", ["swarm", "state", "parent", "agent", "idempotency"], ["idempotency"]);

    /// <summary>The version of the stored form.</summary>
    public int V { get; init; } = 1;
    public required string Id { get; init; }

    /// <summary>The offset of its task_created record.</summary>
    public required long Seq { get; init; }
    public required TaskSpec Spec { get; init; }
    public required string Swarm { get; init; }
    public required TaskState State { get; init; }
    public required int Priority { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public string? CreatedBy { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it last became pending: the start of schedule-to-start.</summary>
    public DateTimeOffset? QueuedAt { get; init; }

    /// <summary>
    /// When it became pending for the first time: a retry or a loss does not cost its place in the queue. Null where that is <see cref="QueuedAt"/>.
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

    /// <summary>The lease in force; after the end, the one it ended under.</summary>
    public LeaseInfo? Lease { get; init; }

    /// <summary>The last lease, when it lapsed: its result is still taken while nobody else has the task.</summary>
    public LeaseInfo? Lapsed { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Result { get; init; }

    /// <summary>In place of a result that is too large to be kept here.</summary>
    public ResultRef? ResultRef { get; init; }
    public TaskError? Error { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DeadLetter { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool CancelRequested { get; init; }
    public string? CancelReason { get; init; }
    public string? CancelledBy { get; init; }
    public DateTimeOffset? CancelDeadline { get; init; }
    public Usage? Usage { get; init; }
    public string? ClaimedOutcome { get; init; }
    public string? VerifiedOutcome { get; init; }
    public string? Verification { get; init; }
    public string? RetryOf { get; init; }

    /// <summary>Agents that qualified when it was created, as the creation was answered; null: it was stored before that was kept.</summary>
    public int? MatchingAgents { get; init; }

    /// <summary>Agents that failed, lost, refused or did not start it: for a while the others go first, see <see cref="HiveOptions.OthersFirst"/>.</summary>
    public IReadOnlyList<string>? Avoid { get; init; }

    [JsonIgnore]
    public EntityKey Key => new(Entity.Name, Id);

    /// <summary>Idempotency keys are unique within a swarm.</summary>
    public static string IdempotencyColumn(string swarm, string key) => $"{swarm}/{key}";

    internal static UniqueKey IdempotencyKeyOf(string swarm, string key) => new(Entity.Name, "idempotency", IdempotencyColumn(swarm, key));

    public bool Holds(string? agent, int attempt, long token) =>
        State.IsHeld() && Lease is { } lease && lease.Agent == agent && lease.Attempt == attempt && lease.Token == token;
}
