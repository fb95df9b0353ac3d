namespace Waggle.Core.Learning;

/// <summary>What the end of an attempt says about its agent.</summary>
/// <param name="Success">Whether the agent did the task.</param>
/// <param name="Checked">Whether a check of the hub decided so; else a worker's word or a worker's silence did.</param>
internal readonly record struct Evidence(bool Success, bool Checked)
{
    public double Weight => Checked ? LearningRule.CheckedWeight : LearningRule.ClaimedWeight;
}
