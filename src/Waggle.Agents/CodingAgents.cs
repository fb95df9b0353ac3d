using Waggle.Agents.Claude;

namespace Waggle.Agents;

/// <summary>The coding agents that have an adapter.</summary>
public static class CodingAgents
{
    /// <summary>The names of <c>--agent</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["claude"];

    /// <returns>The adapter; null if none has the name.</returns>
    public static ICodingAgent? Find(string name) => name switch
    {
        "claude" => new ClaudeAgent(),
        _ => null,
    };
}
