using Waggle.Protocol.Model;

namespace Waggle.Survey.State;

/// <summary>An open task as it was last seen.</summary>
internal sealed class DemoTask(string id, string type, string title)
{
    public string Id => id;

    public string Type => type;

    /// <summary>For a file's task, its path.</summary>
    public string Title => title;

    /// <summary>Who has it now.</summary>
    public DemoAgent? Holder { get; set; }

    public double? Progress { get; set; }

    public string? Message { get; set; }

    /// <summary>Whose lease ran out last.</summary>
    public DemoAgent? LostBy { get; set; }
}

/// <summary>An agent as the hub last showed it.</summary>
internal sealed class DemoAgent(string id)
{
    public string Id => id;

    public string Name { get; set; } = "";

    public AgentStatus? Status { get; set; }

    /// <summary>In the order in which they were assigned.</summary>
    public List<DemoTask> Holding { get; } = [];

    public int Completed { get; set; }
}

internal enum WorkerFate { Running, Killed, Exited, Stopped }

/// <summary>A worker process as the demo, its parent, knows it.</summary>
internal sealed class DemoProcess(string name, string role)
{
    public string Name => name;

    public string Role => role;

    public int Pid { get; set; }

    public WorkerFate Fate { get; set; }
}

internal enum Tone { Plain, Good, Bad }

/// <summary>Something worth telling.</summary>
/// <param name="At">The hub's time of what it tells of.</param>
internal sealed record DemoEvent(DateTimeOffset At, string Text, Tone Tone);

/// <summary>A task whose worker lost it, and who got it then.</summary>
internal sealed record Takeover(string Task, string Path, string From, string By, int Attempt);

/// <summary>The worker that was killed on purpose.</summary>
/// <param name="Held">Ids of the tasks whose leases it held in the hub's eyes.</param>
internal sealed record Kill(string Worker, string Agent, int Pid, IReadOnlyList<string> Held);

/// <summary>How the survey ended.</summary>
internal sealed record SurveyEnd(bool Succeeded, string? Reason);
