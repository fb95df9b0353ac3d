using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>What a creator says of a task. Everything but the title may be left out. Durations are milliseconds.</summary>
public sealed record TaskSpec
{
    public required string Title { get; init; }

    /// <summary>A name for the sort of work. It goes to agents that declare this type, and to those that declare none.</summary>
    public string? Type { get; init; }

    /// <summary>Any JSON; handed to the worker as it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Input { get; init; }

    /// <summary>Default: <c>default</c>, the swarm that every hive has.</summary>
    public string? Swarm { get; init; }

    /// <summary>Required capabilities and the least proficiency of each, 0..1.</summary>
    public IReadOnlyDictionary<string, double>? Requires { get; init; }

    /// <summary>1 (first) to 5 (last), default 3. A class is worth one minute of waiting, so nothing starves.</summary>
    public int? Priority { get; init; }

    /// <summary>Ids of tasks that must end first; they must exist.</summary>
    public IReadOnlyList<string>? DependsOn { get; init; }

    public JoinRule? Join { get; init; }

    /// <summary>Only this agent may have it.</summary>
    public string? AssignTo { get; init; }

    /// <summary>The task that this one belongs to; lists can be filtered by it.</summary>
    public string? Parent { get; init; }

    /// <summary>Creating again with the same key in the same swarm answers with the task that exists, marked as a duplicate.</summary>
    public string? IdempotencyKey { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>How long an assignment holds without a renewal. Default 30,000.</summary>
    public int? LeaseMs { get; init; }

    /// <summary>Failed attempts until the task is a dead letter. Default 3.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Lost leases until the task is a dead letter. Default 2.</summary>
    public int? PoisonLosses { get; init; }

    /// <summary>First back-off after a failure. Default 2,000.</summary>
    public int? BackoffBaseMs { get; init; }

    /// <summary>Longest back-off. Default 300,000.</summary>
    public int? BackoffCapMs { get; init; }

    /// <summary>Longest wait in the queue, each time it is queued; past it the task expires.</summary>
    public long? ScheduleToStartMs { get; init; }

    /// <summary>Longest attempt; past it the attempt fails and may be retried.</summary>
    public long? StartToCloseMs { get; init; }

    /// <summary>Longest life from creation to end; past it the task expires.</summary>
    public long? ScheduleToCloseMs { get; init; }

    /// <summary>How long a worker has to obey a cancellation. Default 30,000.</summary>
    public int? CancelGraceMs { get; init; }
}
