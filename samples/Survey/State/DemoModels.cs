using Waggle.Protocol.Model;

namespace Waggle.Survey.State;

/// <summary>The last observed state of an open task.</summary>
internal sealed class DemoTask(string id, string type, string title)
{
    public string Id => id;

    public string Type => type;

    /// <summary>The title; the path for a file's task.</summary>
    public string Title => title;

    /// <summary>The agent that holds the task now.</summary>
    public DemoAgent? Holder { get; set; }

    public double? Progress { get; set; }

    public string? Message { get; set; }

    /// <summary>The agent whose lease expired last.</summary>
    public DemoAgent? LostBy { get; set; }
}

/// <summary>The last observed state of an agent.</summary>
internal sealed class DemoAgent(string id)
{
    public string Id => id;

    public string Name { get; set; } = "";

    public AgentStatus? Status { get; set; }

    /// <summary>The tasks of the agent in the order of their assignment.</summary>
    public List<DemoTask> Holding { get; } = [];

    public int Completed { get; set; }
}

internal enum WorkerFate { Running, Killed, Exited, Stopped }

/// <summary>A worker process, as its parent sees it.</summary>
internal sealed class DemoProcess(string name, string role)
{
    public string Name => name;

    public string Role => role;

    public int Pid { get; set; }

    public WorkerFate Fate { get; set; }
}

internal enum Tone { Plain, Good, Bad }

/// <summary>An event for the views.</summary>
/// <param name="At">The hub's time of the event.</param>
internal sealed record DemoEvent(DateTimeOffset At, string Text, Tone Tone);

/// <summary>A task that its worker lost, with the worker that took it over.</summary>
internal sealed record Takeover(string Task, string Path, string From, string By, int Attempt);

/// <summary>The worker that was killed on purpose.</summary>
/// <param name="Held">The ids of the tasks whose leases it held according to the hub.</param>
internal sealed record Kill(string Worker, string Agent, int Pid, IReadOnlyList<string> Held);

/// <summary>The end of the survey.</summary>
internal sealed record SurveyEnd(bool Succeeded, string? Reason);
