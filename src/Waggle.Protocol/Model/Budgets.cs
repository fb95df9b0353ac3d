using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>The time that a budget covers.</summary>
[JsonConverter(typeof(SnakeCaseEnum<BudgetPeriod>))]
public enum BudgetPeriod
{
    /// <summary>The whole life of the swarm, task or run.</summary>
    Total,

    /// <summary>Each day in UTC anew.</summary>
    Day,
}

/// <summary>How much of a budget is used.</summary>
[JsonConverter(typeof(SnakeCaseEnum<BudgetState>))]
public enum BudgetState
{
    /// <summary>Less than 80 %.</summary>
    Open,

    /// <summary>80 % or more.</summary>
    Warned,

    /// <summary>100 % or more: running work is asked to stop, and nothing new starts.</summary>
    Spent,
}

/// <summary>What a budget of money does about an agent whose last report has tokens and no known cost.</summary>
[JsonConverter(typeof(SnakeCaseEnum<UnknownCostRule>))]
public enum UnknownCostRule
{
    /// <summary>The attempt is asked to stop, and the agent gets no task under the budget.</summary>
    Refuse,

    /// <summary>The work goes on. Its unknown cost does not count.</summary>
    Allow,
}

/// <summary>The limits of a workflow run: of all its steps, and of the runs that its steps start, together.</summary>
public sealed record RunBudget
{
    /// <summary>The limit of input and output tokens together; null for none.</summary>
    public long? Tokens { get; init; }

    /// <summary>The limit in US dollars, an exact decimal number; null for none.</summary>
    [JsonConverter(typeof(Usd))]
    public decimal? CostUsd { get; init; }

    /// <summary>What happens to an agent whose cost is unknown. Default: refuse.</summary>
    public UnknownCostRule? UnknownCost { get; init; }
}

/// <summary>What a budget covers, and its limits. It names a swarm, a task, a workflow run, or none of them for the whole hive.</summary>
public sealed record BudgetSpec
{
    public string? Swarm { get; init; }
    public string? Task { get; init; }

    /// <summary>A workflow run that has not ended, with the runs that its steps start.</summary>
    public string? Run { get; init; }

    /// <summary>The time that the budget covers. A budget of a task or a run covers all of it.</summary>
    public BudgetPeriod Period { get; init; }

    /// <summary>The limit of input and output tokens together; null for none.</summary>
    public long? Tokens { get; init; }

    /// <summary>The limit in US dollars, an exact decimal number; null for none.</summary>
    [JsonConverter(typeof(Usd))]
    public decimal? CostUsd { get; init; }

    /// <summary>What a budget with a limit in dollars does about an agent whose cost is unknown. Default: refuse.</summary>
    public UnknownCostRule? UnknownCost { get; init; }
}

/// <summary>A budget with what is used of it.</summary>
public sealed record BudgetView
{
    public required string Id { get; init; }
    public required BudgetSpec Spec { get; init; }
    public required BudgetState State { get; init; }

    /// <summary>The usage that counts: of today (UTC) for a budget of a day.</summary>
    public required UsageTotals Used { get; init; }

    /// <summary>The greater of the used shares of tokens and money; 1 is 100 %.</summary>
    public required double UsedShare { get; init; }
    public required string SetBy { get; init; }
    public required DateTimeOffset SetAt { get; init; }
}
