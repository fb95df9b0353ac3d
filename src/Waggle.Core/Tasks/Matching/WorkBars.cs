using System.Diagnostics.CodeAnalysis;

namespace Waggle.Core.Tasks.Matching;

/// <summary>
/// The agents that get no tasks for now, or not certain tasks, and why. Features outside set and end bars. Only the owner's loop uses it.
/// </summary>
/// <param name="agentChanged">Called for an agent that gets no tasks any more, or gets them again.</param>
/// <param name="taskChanged">Called for a task whose barred agents changed.</param>
internal sealed class WorkBars(Action<string> agentChanged, Action<string> taskChanged)
{
    private readonly Dictionary<string, string> _agents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaskBar> _tasks = new(StringComparer.Ordinal);

    public bool IsEmpty => _agents.Count == 0 && _tasks.Count == 0;

    public IEnumerable<string> Agents => _agents.Keys;

    public IEnumerable<string> Tasks => _tasks.Keys;

    public bool Bars(string agent) => _agents.Count > 0 && _agents.ContainsKey(agent);

    public bool TryWhy(string agent, [NotNullWhen(true)] out string? why) => _agents.TryGetValue(agent, out why);

    /// <summary>Returns the agents that do not get a task; null if any may.</summary>
    public TaskBar? Of(string task) => _tasks.Count == 0 ? null : _tasks.GetValueOrDefault(task);

    /// <param name="why">The reason for people; null ends the bar.</param>
    public void SetAgent(string agent, string? why)
    {
        var was = _agents.ContainsKey(agent);
        if (why is null) _agents.Remove(agent);
        else _agents[agent] = why;
        if (was != why is not null) agentChanged(agent);
    }

    /// <param name="bar">The agents and the reason; null ends the bar.</param>
    public void SetTask(string task, TaskBar? bar)
    {
        var before = Of(task);
        if (bar is null) _tasks.Remove(task);
        else _tasks[task] = bar;
        if (before?.Agents.SequenceEqual(bar?.Agents ?? []) != true && (before ?? bar) is not null) taskChanged(task);
    }

    /// <summary>Forgets a task that has ended.</summary>
    public void Forget(string task)
    {
        if (_tasks.Count > 0) _tasks.Remove(task);
    }

    public void Clear()
    {
        _agents.Clear();
        _tasks.Clear();
    }
}

/// <summary>The agents, in order, that do not get a task, and the reason for people.</summary>
internal sealed record TaskBar(IReadOnlyList<string> Agents, string Why);
