using Waggle.Core.Kernel;

namespace Waggle.Core.Agents;

/// <summary>The agents whose processes runners start, as the hello of such a process needs them.</summary>
internal interface ISpawnView
{
    /// <summary>Returns the properties that the request gave an agent; null for an agent that no runner starts.</summary>
    SpawnedAgent? Spawned(string agent);

    /// <summary>Returns the reason why a hello is refused: the token is not that of the agent's present process.</summary>
    /// <param name="token">The token of the hello; null without one.</param>
    Error? HelloProblem(string agent, string? token);
}

/// <summary>The properties of an agent that its request decided; what its worker's hello says about them does not count.</summary>
/// <param name="Slots">The greatest credit.</param>
internal sealed record SpawnedAgent(string Name, string Type, string Swarm, IReadOnlyDictionary<string, double> Capabilities, int Slots);

internal static class SpawnViewExtensions
{
    extension(IHiveView view)
    {
        public SpawnedAgent? Spawned(string agent) => view.View<ISpawnView>().Spawned(agent);

        public Error? HelloProblem(string agent, string? token) => view.View<ISpawnView>().HelloProblem(agent, token);
    }
}
