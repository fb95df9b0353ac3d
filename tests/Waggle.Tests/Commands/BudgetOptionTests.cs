using Waggle.Commands;
using Waggle.Protocol.Model;

namespace Waggle.Tests.Commands;

public sealed class BudgetOptionTests
{
    [Fact]
    public void The_limits_of_a_run_are_read_in_any_order()
    {
        Assert.Equal(new RunBudget { CostUsd = 2.50m }, BudgetOption.Parse("cost=2.50"));
        Assert.Equal(new RunBudget { Tokens = 1000, CostUsd = 0.1m, UnknownCost = UnknownCostRule.Allow }, BudgetOption.Parse("tokens=1000, unknown_cost=allow, cost=0.1"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("cost=much")]
    [InlineData("tokens=1.5")]
    [InlineData("unknown_cost=allow")]
    [InlineData("cost=1,cost=2")]
    [InlineData("cost=1,money=2")]
    public void Anything_else_is_not_read(string text) => Assert.Null(BudgetOption.Parse(text));
}
