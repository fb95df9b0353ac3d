using Waggle.Protocol.Model;

namespace Waggle.Agents.Tests;

public sealed class AgentUsageTests
{
    [Fact]
    public void The_numbers_of_a_session_count_without_those_of_the_runs_before()
    {
        var usage = new AgentUsage([new Usage { Model = "m", InputTokens = 1000, OutputTokens = 50 }]);
        usage.Take(new UsageFact(UsageScope.Session, new Usage { InputTokens = 2500, OutputTokens = 80, CachedTokens = 7 }));
        Assert.Equal([new Usage { Model = "m", InputTokens = 1500, OutputTokens = 30, CachedTokens = 7 }], usage.OfRun("m"));
        Assert.Equal([new Usage { Model = "m", InputTokens = 2500, OutputTokens = 80, CachedTokens = 7 }], usage.OfSession("m"));
    }

    [Fact]
    public void A_run_that_says_nothing_leaves_the_session_as_it_was()
    {
        var before = new Usage { Model = "m", InputTokens = 1000 };
        Assert.Equal([before], new AgentUsage([before]).OfSession("m"));
        Assert.Empty(new AgentUsage([before]).OfRun("m"));
    }

    [Fact]
    public void Steps_add_up_and_a_sum_with_an_unknown_cost_is_unknown()
    {
        var usage = new AgentUsage([]);
        usage.Take(new UsageFact(UsageScope.Step, new Usage { Model = "m", InputTokens = 1, CostUsd = 0.1m }));
        usage.Take(new UsageFact(UsageScope.Step, new Usage { Model = "m", InputTokens = 2, CostUsd = 0.2m }));
        Assert.Equal([new Usage { Model = "m", InputTokens = 3, CostUsd = 0.3m }], usage.OfRun(null));
        usage.Take(new UsageFact(UsageScope.Step, new Usage { Model = "n", InputTokens = 2 }));
        usage.Take(new UsageFact(UsageScope.Step, new Usage { Model = "n", InputTokens = 2, CostUsd = 1 }));
        Assert.Null(usage.OfRun(null)[1].CostUsd);
    }

    [Fact]
    public void The_same_model_under_a_longer_name_is_counted_once()
    {
        var usage = new AgentUsage([]);
        usage.Take(new UsageFact(UsageScope.Message, new Usage { Model = "opus-5-20260101", InputTokens = 10 }, "1"));
        Assert.Single(usage.OfRun(null));
        usage.Take(new UsageFact(UsageScope.Run, new Usage { Model = "opus-5", InputTokens = 10, CostUsd = 1 }));
        Assert.Equal([new Usage { Model = "opus-5-20260101", InputTokens = 10, CostUsd = 1 }], usage.OfRun(null));
    }
}
