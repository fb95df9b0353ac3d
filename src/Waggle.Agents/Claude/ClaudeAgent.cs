namespace Waggle.Agents.Claude;

/// <summary>Claude Code: <c>claude -p</c> with JSON lines in both directions.</summary>
internal sealed class ClaudeAgent : ICodingAgent
{
    public string Name => "claude";

    public bool Listens => true;

    public bool TakesSession => true;

    public IReadOnlyList<string> Variables { get; } =
        ["ANTHROPIC_", "CLAUDE_", "CLOUD_ML_REGION", "VERTEX_", "DISABLE_", "API_TIMEOUT_MS", "MAX_THINKING_TOKENS"];

    // Claude Code also works with the models of two clouds. Their credentials open more than models.
    public IReadOnlyList<(string Prefix, string Switch)> SwitchedVariables { get; } =
        [("AWS_", "CLAUDE_CODE_USE_BEDROCK"), ("GOOGLE_", "CLAUDE_CODE_USE_VERTEX")];

    public IReadOnlyList<string> Command(AgentStart start)
    {
        List<string> command =
        [
            "claude", "-p", "--verbose", "--output-format", "stream-json", "--input-format", "stream-json",
            // The settings of a repository may grant rights and run hooks, and its servers are programs. Its operator is the one who grants.
            "--setting-sources", "user", "--strict-mcp-config",
        ];
        // A mode that a user's settings name does not widen the rights.
        command.AddRange(["--permission-mode", Mode(start.Rights)]);
        if (start.Asks) command.AddRange(["--permission-prompt-tool", "stdio"]);
        if (start.Model is { } model) command.AddRange(["--model", model]);
        if (start.Session is { } session) command.AddRange([start.Resumes ? "--resume" : "--session-id", session]);
        return command;
    }

    public IReadOnlyList<string> Ending(AgentStart start) => [];

    public IReadOnlyList<string> Opening(AgentStart start) => [ClaudeLines.User(start.Prompt)];

    public IReadOnlyDictionary<string, string> Settings(AgentStart start) => new Dictionary<string, string>(StringComparer.Ordinal);

    public IReadOnlyList<AgentFact> Read(string line, AgentStart start) => ClaudeLines.Read(line, start);

    public bool HasLostSession(string complaint) => complaint.Contains("No conversation found with session ID", StringComparison.Ordinal);

    private static string Mode(AgentRights rights) => rights switch
    {
        AgentRights.ReadOnly => "default",
        AgentRights.Edit => "acceptEdits",
        _ => "bypassPermissions",
    };
}
