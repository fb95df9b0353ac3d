namespace Waggle.Agents;

/// <summary>
/// The adapter of one coding agent: how its program is called, and what its lines say. It has no state and does no I/O, so recorded transcripts test all of it.
/// </summary>
public interface ICodingAgent
{
    /// <summary>The name in <c>--agent</c>.</summary>
    string Name { get; }

    /// <summary>The program and the arguments before the operator's own.</summary>
    IReadOnlyList<string> Command(AgentStart start);

    /// <summary>The arguments after the operator's own.</summary>
    IReadOnlyList<string> Ending(AgentStart start);

    /// <summary>The lines that the program reads first.</summary>
    IReadOnlyList<string> Opening(AgentStart start);

    /// <summary>Whether standard input stays open for answers until the last event.</summary>
    bool Listens { get; }

    /// <summary>
    /// Whether the program may go on after the last event and the end of its standard input. It is then ended, and its exit code says nothing about the task.
    /// </summary>
    bool IsServer => false;

    /// <summary>The beginnings of the names of variables that the program needs, such as its credentials.</summary>
    IReadOnlyList<string> Variables { get; }

    /// <summary>
    /// The beginnings of the names of more variables, such as the credentials of a cloud, each with the variable without which the program does not need them.
    /// </summary>
    IReadOnlyList<(string Prefix, string Switch)> SwitchedVariables => [];

    /// <summary>The variables that the adapter sets.</summary>
    IReadOnlyDictionary<string, string> Settings(AgentStart start);

    /// <summary>Whether a caller chooses the id of a new session. Otherwise the program does, and names it in its first lines.</summary>
    bool TakesSession { get; }

    /// <summary>Returns what a line of standard output says. A line that the adapter does not know is a log.</summary>
    IReadOnlyList<AgentFact> Read(string line, AgentStart start);

    /// <summary>Whether a run that failed did so because the session to resume does not exist on this machine.</summary>
    bool HasLostSession(string complaint);
}
