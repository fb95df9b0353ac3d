namespace Waggle.Protocol.Model;

/// <summary>A concurrency limit: of the tasks of a swarm with the same key, agents hold at most <paramref name="Limit"/> at a time.</summary>
/// <param name="Key">The key, such as a user or a repository: 1 to 200 characters.</param>
/// <param name="Limit">The number of tasks with the key that may be held before this one is assigned, plus one: 1 to 1,000,000.</param>
public sealed record ConcurrencySpec(string Key, int Limit);

/// <summary>The key under which a task takes part in the fair shares of its swarm. Tasks without it share the empty key with weight 1.</summary>
/// <param name="Key">The key, such as a user or a team: 1 to 200 characters.</param>
/// <param name="Weight">The weight of the key's share, 0.001 to 1,000. Default 1.</param>
public sealed record FairnessSpec(string Key, double? Weight = null);
