using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>A concurrency limit: of the tasks of a swarm with the same key, agents hold at most <paramref name="Limit"/> at a time.</summary>
/// <param name="Key">The key, such as a user or a repository: 1 to 200 characters.</param>
/// <param name="Limit">The number of tasks with the key that may be held before this one is assigned, plus one: 1 to 1,000,000.</param>
public sealed record ConcurrencySpec(string Key, int Limit);

/// <summary>The key under which a task takes part in the fair shares of its swarm. Tasks without it share the empty key with weight 1.</summary>
/// <param name="Key">The key, such as a user or a team: 1 to 200 characters.</param>
/// <param name="Weight">The weight of the key's share, 0.001 to 1,000. Default 1.</param>
public sealed record FairnessSpec(string Key, double? Weight = null);

/// <summary>A rate limit: of the tasks of a swarm with the same key and period, at most <paramref name="Limit"/> are assigned in a period.</summary>
/// <param name="Key">The key, such as a user or a service: 1 to 200 characters.</param>
/// <param name="Limit">The number of assignments in a period, 1 to 1,000,000.</param>
/// <param name="PerMs">The period in milliseconds, 100 to 30 days. It begins with the first assignment after the last period.</param>
public sealed record RateSpec(string Key, int Limit, long PerMs);

/// <summary>A key of which a swarm has one open task at a time.</summary>
/// <param name="Key">The key: 1 to 200 characters.</param>
/// <param name="OnConflict">What happens to a creation while a task with the key is open. Default <see cref="SingletonConflict.Reject"/>.</param>
public sealed record SingletonSpec(string Key, SingletonConflict? OnConflict = null);

/// <summary>What happens to the creation of a task while another one with its singleton key is open.</summary>
[JsonConverter(typeof(SnakeCaseEnum<SingletonConflict>))]
public enum SingletonConflict
{
    /// <summary>The creation fails with ALREADY_EXISTS.</summary>
    Reject,

    /// <summary>The reply names the open task, as a duplicate.</summary>
    ReturnExisting,
}

/// <summary>
/// A quiet period: the task waits for it, and a later creation with the same key within it takes the task's place. The earlier task is cancelled.
/// </summary>
/// <param name="Key">The key: 1 to 200 characters.</param>
/// <param name="PeriodMs">The period after the creation in milliseconds, 100 to 1 day.</param>
public sealed record DebounceSpec(string Key, long PeriodMs);
