using Waggle.TestKit;
using Waggle.TestKit.Framing;

namespace Waggle.Transport.Tests.WebSockets;

/// <summary>The decoder alone, over the cases of the Autobahn suite; the hub over real sockets is tested with the same table.</summary>
public class FramingCaseTests
{
    public static TheoryData<string> Numbers => [.. FramingCases.All.Select(c => c.Number)];

    public static TheoryData<string> Large => [.. LargeCases.All.Select(c => c.Number)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_case_is_understood_however_it_is_cut(string number)
    {
        var sent = FramingCases.Get(number);
        Check(sent, rest => rest);
        Check(sent, _ => 1);
        Check(sent, _ => 997);
        Gen.ForAll(10, gen => Check(sent, rest => gen.Bool() ? gen.Int(1, 8) : gen.Int(1, rest)));
    }

    [Theory]
    [MemberData(nameof(Large))]
    public void A_large_case_is_understood_in_chops_of_every_size(string number)
    {
        var sent = LargeCases.All.Single(c => c.Number == number);
        foreach (var chop in new[] { int.MaxValue, 64, 128, 256, 512, 1024, 2048 }) Check(sent, _ => chop);
    }

    [Theory]
    [InlineData("6.4.1")]
    [InlineData("6.4.2")]
    [InlineData("6.4.3")]
    [InlineData("6.4.4")]
    public void Text_that_can_never_be_UTF8_is_refused_at_the_very_byte(string number)
    {
        var sent = FramingCases.Get(number);
        Assert.Equal(sent.KnownAfter, Decoded.From(sent.Bytes, _ => 1).Used);
        Assert.Empty(Decoded.From(sent.Bytes.AsSpan(0, sent.KnownAfter!.Value - 1), rest => rest).Told);
        Decoded.AssertSame(sent.Told, Decoded.From(sent.Bytes.AsSpan(0, sent.KnownAfter.Value), rest => rest).Told);
    }

    [Fact]
    public void The_table_is_whole()
    {
        int[] expected = [16, 11, 7, 10, 20, 145, 37, 1];
        Assert.Equal(expected, FramingCases.All.GroupBy(c => c.Category).OrderBy(g => g.Key).Select(g => g.Count()));
        Assert.Equal(54, LargeCases.All.Count);
        Assert.Equal(FramingCases.All.Count, FramingCases.All.DistinctBy(c => c.Number).Count());
    }

    private static void Check(FramingCase sent, Func<int, int> next) => Decoded.AssertSame(sent.Told, Decoded.From(sent.Bytes, next).Told);
}
