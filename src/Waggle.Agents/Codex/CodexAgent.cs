namespace Waggle.Agents.Codex;

/// <summary>Codex: <c>codex exec --json</c>, which reads its prompt from standard input and asks nobody.</summary>
internal sealed class CodexAgent : ICodingAgent
{
    public string Name => "codex";

    public bool Listens => false;

    public bool TakesSession => false;

    public IReadOnlyList<string> Variables { get; } = ["CODEX_", "OPENAI_", "AZURE_OPENAI_"];

    public IReadOnlyList<string> Command(AgentStart start)
    {
        // The rules of a repository may permit commands outside of the sandbox.
        List<string> command = ["codex", "exec", "--json", "--skip-git-repo-check", "--ignore-rules"];
        command.AddRange(["-c", $"sandbox_mode=\"{Mode(start.Rights)}\"", "-c", "approval_policy=\"never\""]);
        if (start.Model is { } model) command.AddRange(["--model", model]);
        return command;
    }

    public IReadOnlyList<string> Ending(AgentStart start) => start is { Resumes: true, Session: { } session } ? ["resume", session, "-"] : ["-"];

    public IReadOnlyList<string> Opening(AgentStart start) => [start.Prompt];

    public IReadOnlyDictionary<string, string> Settings(AgentStart start) => new Dictionary<string, string>(StringComparer.Ordinal);

    public IReadOnlyList<AgentFact> Read(string line, AgentStart start) => CodexLines.Read(line, start);

    public bool HasLostSession(string complaint) => complaint.Contains("no rollout found for thread id", StringComparison.Ordinal);

    private static string Mode(AgentRights rights) => rights switch
    {
        AgentRights.ReadOnly => "read-only",
        AgentRights.Edit => "workspace-write",
        _ => "danger-full-access",
    };
}
