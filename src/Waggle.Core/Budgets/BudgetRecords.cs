using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Budgets;

/// <summary>The base of a budget's records.</summary>
public abstract record BudgetRecord : RecordData
{
    [JsonIgnore]
    public override string Topic => field ??= $"budget.{Budget}";

    public required string Budget { get; init; }
}

/// <summary>A budget exists, or has another spec.</summary>
public sealed record BudgetChanged : BudgetRecord
{
    [JsonIgnore]
    public override string Kind => "budget_set";

    public required BudgetSpec Spec { get; init; }

    /// <summary>Whether it did not exist before.</summary>
    public required bool Created { get; init; }
    public required string SetBy { get; init; }
}

/// <summary>The use of a budget passed 80 % or 100 %, or fell below because the budget was raised or a new day began.</summary>
public sealed record BudgetStateChanged : BudgetRecord
{
    [JsonIgnore]
    public override string Kind => "budget_state";

    public required BudgetSpec Spec { get; init; }
    public required BudgetState OldState { get; init; }
    public required BudgetState State { get; init; }
    public required UsageTotals Used { get; init; }
}

/// <summary>A budget was deleted, by a client, or by the hub with the end of its task or run.</summary>
public sealed record BudgetRemoved : BudgetRecord
{
    [JsonIgnore]
    public override string Kind => "budget_removed";

    public required string RemovedBy { get; init; }
}
