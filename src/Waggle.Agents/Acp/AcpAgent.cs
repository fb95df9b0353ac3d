namespace Waggle.Agents.Acp;

/// <summary>A program that speaks the Agent Client Protocol, version 1, on its standard input and output.</summary>
/// <param name="command">The program and its arguments, separated by spaces.</param>
internal sealed class AcpAgent(string command) : ICodingAgent
{
    public string Name => $"acp:{command}";

    public bool Listens => true;

    public bool TakesSession => false;

    public bool IsServer => true;

    // Nothing is known of the program, so the operator names its variables.
    public IReadOnlyList<string> Variables { get; } = [];

    public IReadOnlyList<string> Command(AgentStart start) => command.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public IReadOnlyList<string> Ending(AgentStart start) => [];

    public IReadOnlyList<string> Opening(AgentStart start) => [AcpLines.Initialize];

    public IReadOnlyDictionary<string, string> Settings(AgentStart start) => new Dictionary<string, string>(StringComparer.Ordinal);

    public IReadOnlyList<AgentFact> Read(string line, AgentStart start) => AcpLines.Read(line, start);

    public bool HasLostSession(string complaint) => complaint.Contains(AcpLines.LoadFailed, StringComparison.Ordinal);
}
