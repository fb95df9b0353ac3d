using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>The specification of a task by its creator. Only the title is required. Durations are milliseconds.</summary>
public sealed record TaskSpec
{
    public required string Title { get; init; }

    /// <summary>A name for the sort of work. The task goes to agents that declare this type, and to those that declare none.</summary>
    public string? Type { get; init; }

    /// <summary>Any JSON, which the worker receives unchanged.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Input { get; init; }

    /// <summary>The swarm. Default: <c>default</c>, the swarm that every hive has.</summary>
    public string? Swarm { get; init; }

    /// <summary>The required capabilities and the least proficiency of each, from 0 to 1.</summary>
    public IReadOnlyDictionary<string, double>? Requires { get; init; }

    /// <summary>The priority, 1 (first) to 5 (last), default 3. A class equals one minute of waiting, so no task starves.</summary>
    public int? Priority { get; init; }

    /// <summary>The ids of tasks that must end first; they must exist.</summary>
    public IReadOnlyList<string>? DependsOn { get; init; }

    public JoinRule? Join { get; init; }

    /// <summary>The only agent that may have the task.</summary>
    public string? AssignTo { get; init; }

    /// <summary>The task that this one belongs to; lists can filter by it.</summary>
    public string? Parent { get; init; }

    /// <summary>The idempotency key. A second creation with the same key in the same swarm answers with the existing task, marked as a duplicate.</summary>
    public string? IdempotencyKey { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The time that an assignment holds without a renewal. Default 30,000.</summary>
    public int? LeaseMs { get; init; }

    /// <summary>The number of failed attempts after which the task is a dead letter. Default 3.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>The number of lost leases after which the task is a dead letter. Default 2.</summary>
    public int? PoisonLosses { get; init; }

    /// <summary>The first back-off after a failure. Default 2,000.</summary>
    public int? BackoffBaseMs { get; init; }

    /// <summary>The longest back-off. Default 300,000.</summary>
    public int? BackoffCapMs { get; init; }

    /// <summary>The longest wait in the queue, for each time it is queued. After it the task expires.</summary>
    public long? ScheduleToStartMs { get; init; }

    /// <summary>The longest attempt. After it the attempt fails and may be retried.</summary>
    public long? StartToCloseMs { get; init; }

    /// <summary>The longest time from creation to end. After it the task expires.</summary>
    public long? ScheduleToCloseMs { get; init; }

    /// <summary>The time that a worker has to obey a cancellation. Default 30,000.</summary>
    public int? CancelGraceMs { get; init; }

    /// <summary>Agents that never get the task; at most 100.</summary>
    public IReadOnlyList<string>? Exclude { get; init; }

    /// <summary>How the hub checks the result before the task is completed; null for no check.</summary>
    public VerifySpec? Verify { get; init; }

    /// <summary>How many tasks with the same key run at a time; null for no limit.</summary>
    public ConcurrencySpec? Concurrency { get; init; }

    /// <summary>The key and weight of the task's fair share; null for the empty key with weight 1.</summary>
    public FairnessSpec? Fairness { get; init; }

    /// <summary>How many tasks with the same key are assigned in a period; null for no limit.</summary>
    public RateSpec? Rate { get; init; }

    /// <summary>The key of which the swarm has one open task at a time; null for none. It excludes <see cref="Debounce"/>.</summary>
    public SingletonSpec? Singleton { get; init; }

    /// <summary>The quiet period before the task; null for none. It excludes <see cref="DependsOn"/>.</summary>
    public DebounceSpec? Debounce { get; init; }
}
