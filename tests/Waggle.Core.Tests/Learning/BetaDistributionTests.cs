using CsCheck;
using Waggle.Core.Learning;

namespace Waggle.Core.Tests.Learning;

public class BetaDistributionTests
{
    // Values of the closed forms: Beta(1, 1) is uniform, Beta(2, 1) has x², Beta(1, 3) has 1 - (1 - x)³; Beta(½, ½) is symmetric; the others were integrated.
    [Theory]
    [InlineData(1, 1, 0.3, 0.3)]
    [InlineData(2, 1, 0.5, 0.25)]
    [InlineData(1, 3, 0.5, 0.875)]
    [InlineData(8.5, 1.5, 0.85, 0.416787)]
    [InlineData(3, 7, 0.25, 0.399323)]
    [InlineData(0.5, 0.5, 0.5, 0.5)]
    public void The_share_below_a_value_is_that_of_the_closed_form(double a, double b, double x, double share) =>
        Assert.Equal(share, BetaDistribution.Below(a, b, x), 1e-5);

    [Fact]
    public void The_share_below_a_quantile_is_the_share_asked_for() =>
        Gen.Select(Gen.Double[0.1, 500], Gen.Double[0.1, 500], Gen.Double[0.01, 0.99]).Sample((a, b, share) =>
        {
            var quantile = BetaDistribution.Quantile(a, b, share);
            Assert.InRange(quantile, 0, 1);

            // Near the ends a small step of the value is a large one of the share.
            Assert.True(BetaDistribution.Below(a, b, quantile - 2e-6) <= share && BetaDistribution.Below(a, b, quantile + 2e-6) >= share);
        });

    [Theory]
    [InlineData(0.1, 1.9)]
    [InlineData(1.9, 0.1)]
    [InlineData(8.5, 1.5)]
    [InlineData(90, 12)]
    public void Draws_have_the_mean_and_the_quantiles_of_the_distribution(double a, double b)
    {
        var dice = new Random(7);
        double[] draws = [.. Enumerable.Range(0, 20_000).Select(_ => BetaDistribution.Draw(a, b, dice))];
        Assert.All(draws, d => Assert.InRange(d, 0, 1));
        Assert.Equal(a / (a + b), draws.Average(), 0.01);
        var share = a > b ? 0.05 : 0.95;
        var bound = BetaDistribution.Quantile(a, b, share);
        Assert.Equal(share, draws.Count(d => d < bound) / (double)draws.Length, 0.01);
    }

    [Fact]
    public void The_same_dice_draw_the_same_values() =>
        Assert.Equal(BetaDistribution.Draw(3, 2, new Random(5)), BetaDistribution.Draw(3, 2, new Random(5)));
}
