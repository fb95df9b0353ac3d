using Waggle.Core.Performance;
using Waggle.Dialects.ClaudeFlow;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.Tests.ClaudeFlow;

public sealed class HealthScoreTests
{
    [Theory]
    [InlineData(4, 0, 0, 0, 100.0)]
    [InlineData(4, 0, 9, 1, 90.0)]
    [InlineData(3, 1, 9, 1, 67.5)]
    [InlineData(0, 2, 9, 1, 0.0)]
    [InlineData(1, 0, 0, 3, 0.0)]
    [InlineData(2, 1, 0, 0, 66.7)]
    public void It_is_the_share_of_agents_that_are_there_times_the_share_of_tasks_that_completed(int there, int offline, long completed, long failed, double score) =>
        Assert.Equal(score, HealthScore.Of(Measured(there, offline, completed, failed)));

    [Fact]
    public void A_swarm_without_agents_has_none() => Assert.Null(HealthScore.Of(Measured(0, 0, 9, 1)));

    private static SwarmMeasured Measured(int there, int offline, long completed, long failed) => new()
    {
        SwarmId = "s",
        Name = "S",
        State = SwarmState.Active,
        Tasks = new Dictionary<string, int>(StringComparer.Ordinal),
        Agents = new Dictionary<string, int>(StringComparer.Ordinal) { ["idle"] = there, ["offline"] = offline },
        Totals = new() { Completed = completed },
        Window = new() { WindowMs = 300_000, Completed = completed, Failed = failed },
    };
}
