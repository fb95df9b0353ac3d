using Waggle.Agents.Acp;
using Waggle.Agents.Claude;
using Waggle.Agents.Codex;

namespace Waggle.Agents;

/// <summary>The coding agents that have an adapter.</summary>
public static class CodingAgents
{
    private const string Acp = "acp:";

    /// <summary>The names of <c>--agent</c>, for people.</summary>
    public static IReadOnlyList<string> Names { get; } = ["claude", "codex", "acp:COMMAND"];

    /// <returns>The adapter; null if none has the name.</returns>
    public static ICodingAgent? Find(string name) => name switch
    {
        "claude" => new ClaudeAgent(),
        "codex" => new CodexAgent(),
        _ when name.StartsWith(Acp, StringComparison.Ordinal) && name[Acp.Length..].Trim() is { Length: > 0 } command => new AcpAgent(command),
        _ => null,
    };
}
