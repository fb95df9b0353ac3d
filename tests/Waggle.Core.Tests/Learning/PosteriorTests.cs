using CsCheck;
using Waggle.Core.Learning;

namespace Waggle.Core.Tests.Learning;

public class PosteriorTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Gen<(bool Success, bool Checked, int Hours)[]> Outcomes = Gen.Select(Gen.Bool, Gen.Bool, Gen.Int[0, 2000]).Array[0, 300];

    [Fact]
    public void A_posterior_stays_in_bounds_whatever_happened() => Gen.Select(Gen.Double[0, 1], Outcomes, Gen.Int[0, 10_000]).Sample((declared, outcomes, later) =>
    {
        var (known, now) = Learn(outcomes);
        now += TimeSpan.FromHours(later);
        var posterior = Posterior.Of(declared, known, now);
        var (lower, upper) = posterior.Interval();
        Assert.True(posterior is { A: > 0, B: > 0 } && double.IsFinite(posterior.A) && double.IsFinite(posterior.B));
        Assert.True(lower is >= 0 && upper <= 1 && lower < upper);
        Assert.InRange(posterior.Mean, 0.001, 0.999);
        Assert.InRange(posterior.A + posterior.B, LearningRule.PriorStrength, LearningRule.PriorStrength + LearningRule.Memory + 0.001);
        Assert.InRange(posterior.Draw(new Random(1)), 0, 1);
        Assert.True(known.Outcomes == outcomes.Length && known.Checked == outcomes.Count(o => o.Checked));
    });

    [Fact]
    public void One_more_success_raises_the_mean_and_one_more_failure_lowers_it() => Gen.Select(Gen.Double[0, 1], Outcomes, Gen.Bool).Sample((declared, outcomes, isChecked) =>
    {
        var (known, now) = Learn(outcomes);
        var mean = Posterior.Of(declared, known, now).Mean;
        Assert.True(Posterior.Of(declared, known.With(new(true, isChecked), now), now).Mean > Posterior.Of(declared, known.With(new(false, isChecked), now), now).Mean);
        Assert.True(Posterior.Of(declared, known.With(new(false, isChecked), now), now).Mean <= mean + 1e-3);
        Assert.True(Posterior.Of(declared, known.With(new(true, isChecked), now), now).Mean >= mean - 1e-3);
    });

    [Fact]
    public void A_claimed_outcome_moves_the_mean_less_than_a_checked_one()
    {
        var none = Proficiency.None(Start);
        var claimed = Posterior.Of(0.9, none.With(new(Success: false, Checked: false), Start), Start).Mean;
        var isChecked = Posterior.Of(0.9, none.With(new(Success: false, Checked: true), Start), Start).Mean;
        Assert.True(isChecked < claimed && claimed < 0.9);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(0, true)]
    public void Thirty_checked_outcomes_outweigh_a_declaration_that_lies(double declared, bool succeeds)
    {
        var known = Enumerable.Range(0, 30).Aggregate(Proficiency.None(Start), (sum, _) => sum.With(new(succeeds, Checked: true), Start));
        Assert.InRange(Math.Abs(Posterior.Of(declared, known, Start).Mean - (succeeds ? 1 : 0)), 0, 0.1);
    }

    [Fact]
    public void Evidence_loses_half_of_its_weight_in_the_half_life_and_the_declaration_returns()
    {
        var known = Enumerable.Range(0, 30).Aggregate(Proficiency.None(Start), (sum, _) => sum.With(new(Success: false, Checked: true), Start));
        var now = Posterior.Of(0.9, known, Start);
        var later = Posterior.Of(0.9, known, Start + LearningRule.HalfLife);
        Assert.Equal((now.A + now.B - LearningRule.PriorStrength) / 2, later.A + later.B - LearningRule.PriorStrength, 6);
        Assert.Equal(0.9, Posterior.Of(0.9, known, Start + (20 * LearningRule.HalfLife)).Mean, 0.001);
    }

    [Fact]
    public void An_agent_that_recovered_is_known_as_such_after_as_many_outcomes_as_the_memory_holds()
    {
        var known = Proficiency.None(Start);
        for (var i = 0; i < 1000; i++) known = known.With(new(Success: false, Checked: true), Start);
        for (var i = 0; i < (int)LearningRule.Memory * 2; i++) known = known.With(new(Success: true, Checked: true), Start);
        Assert.True(Posterior.Of(0.5, known, Start).Mean > 0.8);
    }

    private static (Proficiency Known, DateTimeOffset Now) Learn((bool Success, bool Checked, int Hours)[] outcomes)
    {
        var (known, now) = (Proficiency.None(Start), Start);
        foreach (var (success, isChecked, hours) in outcomes)
        {
            now += TimeSpan.FromHours(hours);
            known = known.With(new(success, isChecked), now);
        }

        return (known, now);
    }
}
