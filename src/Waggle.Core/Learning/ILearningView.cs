using Waggle.Core.Kernel;

namespace Waggle.Core.Learning;

/// <summary>The evidence and the draws as a decision of the learning sees them.</summary>
internal interface ILearningView
{
    /// <summary>Returns the evidence of an agent's proficiency; null before the first outcome.</summary>
    Proficiency? Evidence(string agent, string capability);

    /// <summary>Returns the agent of a swarm with the oldest draw for a capability, other than one; null if there is no other.</summary>
    string? OldestDraw(string swarm, string capability, string except);

    /// <summary>The agents with evidence that were loaded and have no draws yet.</summary>
    IReadOnlyCollection<string> Undrawn { get; }
}

internal static class LearningViewExtensions
{
    extension(IHiveView view)
    {
        public ILearningView Learning => view.View<ILearningView>();
    }
}
