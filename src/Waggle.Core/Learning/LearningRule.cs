namespace Waggle.Core.Learning;

/// <summary>The numbers of the learning; docs/learning.md gives the reason of each.</summary>
internal static class LearningRule
{
    /// <summary>The strength of the declared proficiency, in checked outcomes.</summary>
    public const double PriorStrength = 2;

    /// <summary>The bounds of a prior's mean. Beyond them no evidence of a few outcomes could move it.</summary>
    public const double LeastPrior = 0.05;
    public const double MostPrior = 0.95;

    /// <summary>The weight of an outcome that a check of the hub decided.</summary>
    public const double CheckedWeight = 1;

    /// <summary>The weight of an outcome that no check confirmed.</summary>
    public const double ClaimedWeight = 0.25;

    /// <summary>The number of checked outcomes that the evidence approaches, because each new one reduces the older ones.</summary>
    public const double Memory = 100;

    /// <summary>The difference to the mean that was last recorded, from which on a change is recorded.</summary>
    public const double VisibleChange = 0.05;

    /// <summary>The part of the distribution below the interval that is shown, and the part above.</summary>
    public const double Tail = 0.05;

    /// <summary>The time in which evidence loses half of its weight, because models and prompts change.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromDays(14);

    /// <summary>Returns the part of its weight that evidence keeps over a time.</summary>
    public static double Kept(TimeSpan over) => over <= TimeSpan.Zero ? 1 : Math.Pow(0.5, over / HalfLife);

    /// <summary>Returns the part of its weight that evidence keeps at an outcome of this weight.</summary>
    public static double Kept(double weight) => Math.Pow(1 - (1 / Memory), weight);
}
