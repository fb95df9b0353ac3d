namespace Waggle.Core.Learning;

/// <summary>A beta distribution of a proficiency: the declared value as the prior, and the evidence that is left of an earlier time.</summary>
internal readonly record struct Posterior(double A, double B)
{
    public double Mean => A / (A + B);

    /// <param name="declared">The proficiency that the worker declared.</param>
    /// <param name="known">The evidence; null before the first outcome.</param>
    public static Posterior Of(double declared, Proficiency? known, DateTimeOffset now)
    {
        var prior = PriorOf(declared);
        if (known is null) return prior;
        var kept = LearningRule.Kept(now - known.At);
        return new(prior.A + (known.Successes * kept), prior.B + (known.Failures * kept));
    }

    public static Posterior PriorOf(double declared)
    {
        var mean = Math.Clamp(declared, LearningRule.LeastPrior, LearningRule.MostPrior);
        return new(LearningRule.PriorStrength * mean, LearningRule.PriorStrength * (1 - mean));
    }

    public double Draw(Random dice) => BetaDistribution.Draw(A, B, dice);

    /// <summary>Returns the interval that holds the proficiency with a probability of 90 %.</summary>
    public (double Lower, double Upper) Interval() =>
        (BetaDistribution.Quantile(A, B, LearningRule.Tail), BetaDistribution.Quantile(A, B, 1 - LearningRule.Tail));
}
