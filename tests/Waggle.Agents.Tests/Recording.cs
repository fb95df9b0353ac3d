namespace Waggle.Agents.Tests;

/// <summary>The lines that a real program wrote to its standard output, kept in <c>Transcripts</c>. Its server was a model of the tests.</summary>
internal static class Recording
{
    public static AgentStart Start { get; } = new() { Prompt = "Do it.", Folder = "/project" };

    /// <summary>Plays a recording to the agent's adapter.</summary>
    public static AgentTranscript Play(string name, AgentStart? start = null, IReadOnlyList<Waggle.Protocol.Model.Usage>? before = null)
    {
        start ??= Start;
        var transcript = new AgentTranscript(start, before);
        foreach (var fact in Facts(name, start)) transcript.Take(fact);
        return transcript;
    }

    public static IReadOnlyList<AgentFact> Facts(string name, AgentStart? start = null)
    {
        var agent = CodingAgents.Find(name.Split('/')[0])!;
        return [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Transcripts", $"{name}.jsonl")).SelectMany(line => agent.Read(line, start ?? Start))];
    }

    /// <summary>Returns how a run ended whose program ended with this code.</summary>
    public static AgentOutcome Ended(this AgentTranscript transcript, int exitCode = 0, int? signal = null, bool allowDenials = false) =>
        transcript.Outcome(exitCode, signal, complaint: null, allowDenials);
}
