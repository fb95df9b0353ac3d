using System.Text;
using Waggle.Exec;
using Waggle.Protocol.Model;

namespace Waggle.Tests.Exec;

public sealed class OutputLineTests
{
    [Fact]
    public void A_line_with_usage_alone_is_a_report()
    {
        Assert.True(IsUsage("""{"usage":{"model":"m","input_tokens":5,"cost_usd":0.25}}""", out var usage));
        Assert.Equal(new Usage { Model = "m", InputTokens = 5, CostUsd = 0.25m }, usage);
    }

    [Theory]
    [InlineData("""{"usage":{"prompt_tokens":5,"completion_tokens":9}}""")]
    [InlineData("""{"usage":{"input_tokens":5,"total":9}}""")]
    [InlineData("""{"usage":{"cpu":3}}""")]
    [InlineData("""{"usage":{"model":"m"}}""")]
    [InlineData("""{"usage":{}}""")]
    [InlineData("""{"usage":{"input_tokens":"many"}}""")]
    [InlineData("""{"usage":{"input_tokens":5},"answer":42}""")]
    public void Another_objects_usage_is_the_commands_own_output(string line) => Assert.False(IsUsage(line, out _));

    private static bool IsUsage(string line, out Usage? usage) => OutputLine.IsUsage(Encoding.UTF8.GetBytes(line), out usage);
}
