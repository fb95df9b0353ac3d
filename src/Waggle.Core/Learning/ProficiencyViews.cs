using Waggle.Core.Agents;
using Waggle.Protocol.Model;

namespace Waggle.Core.Learning;

/// <summary>The shown forms of a learned proficiency.</summary>
internal static class ProficiencyViews
{
    public static ProficiencyView Show(double declared, Proficiency known, DateTimeOffset now)
    {
        var posterior = Posterior.Of(declared, known, now);
        var (lower, upper) = posterior.Interval();
        var evidence = posterior.A + posterior.B - LearningRule.PriorStrength;
        return new(declared, Rounded(posterior.Mean), Rounded(lower), Rounded(upper), Rounded(evidence), known.Outcomes, known.Checked);
    }

    /// <summary>Returns the record of a visible change; null if the mean is about the one that was recorded before.</summary>
    public static ProficiencyChanged? ChangeOf(AgentEntity agent, string capability, Proficiency known, DateTimeOffset now)
    {
        var declared = agent.Capabilities[capability];
        var from = known.Recorded ?? Posterior.PriorOf(declared).Mean;
        if (Math.Abs(Posterior.Of(declared, known, now).Mean - from) < LearningRule.VisibleChange) return null;
        var shown = Show(declared, known, now);
        return new()
        {
            Agent = agent.Id,
            Name = agent.Name,
            Type = agent.Type,
            Swarm = agent.Swarm,
            Capability = capability,
            Declared = declared,
            From = Rounded(from),
            To = shown.Mean,
            Lower = shown.Lower,
            Upper = shown.Upper,
            Evidence = shown.Evidence,
            Outcomes = shown.Outcomes,
            Checked = shown.Checked,
        };
    }

    public static double Rounded(double value) => Math.Round(value, 4);
}
