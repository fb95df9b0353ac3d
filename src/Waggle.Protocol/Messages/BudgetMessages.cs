using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>Asks for the usage of some days.</summary>
public sealed record CostShow : ClientMessage
{
    public override string Type => "cost.show";

    /// <summary>What the rows are about, one to four of them. Default: model.</summary>
    public IReadOnlyList<CostGroup>? By { get; init; }

    /// <summary>Only of this swarm.</summary>
    public string? Swarm { get; init; }

    /// <summary>Only of this agent.</summary>
    public string? Agent { get; init; }

    /// <summary>Only of this model.</summary>
    public string? Model { get; init; }

    /// <summary>The first day in UTC. Default: <see cref="To"/>.</summary>
    public DateOnly? From { get; init; }

    /// <summary>The last day in UTC, inclusive. Default: today.</summary>
    public DateOnly? To { get; init; }
}

/// <summary>Creates a budget, or gives it another spec. The same again changes nothing.</summary>
public sealed record BudgetSet : ClientMessage
{
    public override string Type => "budget.set";

    /// <summary>The id, which the client chooses.</summary>
    public required string Budget { get; init; }
    public required BudgetSpec Spec { get; init; }
}

public sealed record BudgetShow : ClientMessage
{
    public override string Type => "budget.show";

    public required string Budget { get; init; }
}

/// <summary>Lists the budgets, by id.</summary>
public sealed record BudgetList : ClientMessage
{
    public override string Type => "budget.list";
}

/// <summary>Deletes a budget. The work that it held goes on.</summary>
public sealed record BudgetRemove : ClientMessage
{
    public override string Type => "budget.remove";

    public required string Budget { get; init; }
}

/// <summary>The budgets that the client may see, by id.</summary>
public sealed record BudgetPage(IReadOnlyList<BudgetView> Budgets);
