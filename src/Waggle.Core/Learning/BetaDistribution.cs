namespace Waggle.Core.Learning;

/// <summary>The beta distribution: its draws and its quantiles. Pure, apart from the dice.</summary>
internal static class BetaDistribution
{
    private const double Tiny = 1e-300;

    private static readonly double[] Lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012,
        9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>Draws a value, from two gamma variates.</summary>
    public static double Draw(double a, double b, Random dice)
    {
        var (x, y) = (Gamma(a, dice), Gamma(b, dice));
        return x + y > 0 ? x / (x + y) : a / (a + b);
    }

    /// <summary>Returns the value below which the given share of the distribution lies, to within 1e-6.</summary>
    public static double Quantile(double a, double b, double share)
    {
        var (low, high) = (0d, 1d);
        while (high - low > 1e-6)
        {
            var middle = (low + high) / 2;
            if (Below(a, b, middle) < share) low = middle;
            else high = middle;
        }

        return (low + high) / 2;
    }

    /// <summary>Returns the share of the distribution below a value: the regularised incomplete beta function.</summary>
    public static double Below(double a, double b, double x)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        var front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + (a * Math.Log(x)) + (b * Math.Log(1 - x)));

        // The fraction converges fast on one side of the mean; the symmetry of the distribution gives the other side.
        return x < (a + 1) / (a + b + 2) ? front * Fraction(a, b, x) / a : 1 - (front * Fraction(b, a, 1 - x) / b);
    }

    // The continued fraction of the incomplete beta function, by the method of Lentz.
    private static double Fraction(double a, double b, double x)
    {
        var (c, d) = (1d, 1 / NotZero(1 - ((a + b) * x / (a + 1))));
        var value = d;
        for (var m = 1; m <= 500; m++)
        {
            Step(m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m))));
            var before = value;
            Step(-(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1)));
            if (Math.Abs(value - before) < 1e-12 * Math.Abs(value)) break;
        }

        return value;

        void Step(double term)
        {
            d = 1 / NotZero(1 + (term * d));
            c = NotZero(1 + (term / c));
            value *= c * d;
        }
    }

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;

    // The approximation of Lanczos, for positive values.
    private static double LogGamma(double x)
    {
        if (x < 0.5) return Math.Log(Math.PI / Math.Sin(Math.PI * x)) - LogGamma(1 - x);
        var (sum, z) = (Lanczos[0], x - 1);
        for (var i = 1; i < Lanczos.Length; i++) sum += Lanczos[i] / (z + i);
        var t = z + Lanczos.Length - 1.5;
        return (0.5 * Math.Log(2 * Math.PI)) + ((z + 0.5) * Math.Log(t)) - t + Math.Log(sum);
    }

    // The method of Marsaglia and Tsang (2000). A shape below 1 is drawn as one that is greater by 1, and then reduced.
    private static double Gamma(double shape, Random dice)
    {
        if (shape < 1) return Gamma(shape + 1, dice) * Math.Pow(1 - dice.NextDouble(), 1 / shape);
        var d = shape - (1d / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal(dice);
            var v = Math.Pow(1 + (c * x), 3);
            if (v <= 0) continue;
            if (Math.Log(1 - dice.NextDouble()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v))) return d * v;
        }
    }

    private static double Normal(Random dice) => Math.Sqrt(-2 * Math.Log(1 - dice.NextDouble())) * Math.Cos(2 * Math.PI * dice.NextDouble());
}
