using Waggle.Core.Performance;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>
/// The <c>healthScore</c> of a swarm, from two measured shares: of its agents that are online, and of the tasks that ended in the window of the figures
/// without a failure. The document gives the number no definition.
/// </summary>
internal static class HealthScore
{
    private const double Whole = 100;

    /// <summary>Returns the score, 0 to 100 with one decimal place; null for a swarm without agents, of which nothing is known.</summary>
    public static double? Of(SwarmMeasured measured)
    {
        var agents = measured.Agents.Values.Sum();
        if (agents == 0) return null;
        var online = 1 - ((double)measured.Agents.GetValueOrDefault("offline") / agents);
        var ended = measured.Window.Completed + measured.Window.Failed;
        var succeeded = ended == 0 ? 1 : (double)measured.Window.Completed / ended;
        return Math.Round(Whole * online * succeeded, 1);
    }
}
