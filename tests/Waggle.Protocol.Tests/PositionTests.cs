using Waggle.TestKit;

namespace Waggle.Protocol.Tests;

public class PositionTests
{
    [Fact]
    public void A_position_reads_as_it_is_written() => Gen.ForAll(500, gen =>
    {
        var position = new Position(gen.Pick(0, 1, long.MaxValue, gen.Int(0, 100)), gen.Pick(0, 1, long.MaxValue, gen.Int(0, 100)));
        Assert.True(Position.TryParse(position.ToString(), out var read));
        Assert.Equal(position, read);
    });

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("3")]
    [InlineData("3:")]
    [InlineData(":3")]
    [InlineData("-1:3")]
    [InlineData("1:-3")]
    [InlineData("1:2:3")]
    [InlineData(" 1:2")]
    [InlineData("1:2 ")]
    [InlineData("1: 2")]
    [InlineData("+1:2")]
    [InlineData("1,0:2")]
    [InlineData("9223372036854775808:1")]
    public void Anything_else_is_none(string text) => Assert.False(Position.TryParse(text, out _));
}
