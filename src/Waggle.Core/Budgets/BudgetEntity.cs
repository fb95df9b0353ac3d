using System.Text.Json.Serialization;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Budgets;

/// <summary>A budget. It is in memory until it is removed.</summary>
public sealed record BudgetEntity
{
    public static EntityKind Entity { get; } = new("budget", ["swarm"]);

    public int V { get; init; } = 1;
    public required string Id { get; init; }
    public required long Seq { get; init; }
    public required BudgetSpec Spec { get; init; }

    /// <summary>The swarm that the budget belongs to; null for a budget of the whole hive.</summary>
    public string? Swarm { get; init; }
    public required BudgetState State { get; init; }
    public required string SetBy { get; init; }
    public required DateTimeOffset SetAt { get; init; }

    [JsonIgnore]
    internal EntityKey Key => new(Entity.Name, Id);
}
