using System.Text.Json;
using Waggle.Client;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Watching;

/// <summary>The content of a live watch: agents, the tasks that changed last, the newest lines. All of it comes from observed records.</summary>
internal sealed class WatchBoard(Rates rates)
{
    private const int LinesKept = 50;
    private const int TasksKept = 200;

    private readonly Dictionary<string, TaskLine> _tasks = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, AgentLine> _agents = new(StringComparer.Ordinal);
    private readonly Queue<string> _lines = new();
    private long _changes;

    public Lock Gate { get; } = new();

    /// <summary>Whether the watch covers all agents and all tasks. Only then can the view report that there are none.</summary>
    public bool FollowsAgents { get; init; } = true;

    public bool FollowsTasks { get; init; } = true;

    public Position Position { get; set; }

    public bool Away { get; set; }

    public long Dropped { get; private set; }

    public Rates Rates => rates;

    /// <summary>The agents by name; offline agents last.</summary>
    public IEnumerable<AgentLine> Agents => _agents.Values.OrderBy(a => a.IsGone);

    public int OpenTasks => _tasks.Values.Count(t => !t.IsOver);

    /// <summary>The tasks: running ones first, then waiting ones, then ended ones; within each group the newest change first.</summary>
    public IEnumerable<TaskLine> Tasks => _tasks.Values.OrderBy(t => t.IsOver).ThenByDescending(t => t.Agent is not null).ThenByDescending(t => t.Change);

    public IEnumerable<string> Lines => _lines;

    public void Know(AgentView agent) => _agents[agent.Id] = new(agent.Id, SnakeCase.Of(agent.Status), agent.Slots, agent.Holding.Count);

    public void Know(TaskView task) => _tasks[task.Id] = new(
        task.Id, task.Spec.Title, SnakeCase.Of(task.State),
        task.IsHeld() ? task.Lease?.Agent : null, task.Attempt, task.IsHeld() ? task.Progress : null, null, ++_changes);

    public void See(Observation observation, bool fresh)
    {
        Position = observation.Position;
        if (fresh) rates.See(observation);
        if (observation is GapObserved gap) Dropped += gap.Dropped;
        if (observation is RecordObserved { Record: var record }) See(record);
        if (observation is RecordObserved { Snapshot: true } or RecordObserved { Record.Kind: "task_progress" or "system_metrics" }) return;
        _lines.Enqueue(ObservationPrinter.Text(observation));
        if (_lines.Count > LinesKept) _lines.Dequeue();
    }

    private void See(RecordMessage record)
    {
        var segments = record.Topic.Split('.');
        var data = record.Data.ToElement();
        if (record.Kind == "agent_status")
            _agents[segments[1]] = new(segments[1], Text(data, "status") ?? "-", data.GetProperty("slots").GetInt32(), data.GetProperty("holding").GetInt32());
        else if (record.Kind == "agent_removed") _agents.Remove(segments[1]);
        else if (record.Kind.StartsWith("task_", StringComparison.Ordinal) && record.Kind != "task_orphan_result") See(segments[1], record.Kind, data);
    }

    private void See(string id, string kind, JsonElement data)
    {
        var before = _tasks.GetValueOrDefault(id);
        var state = Text(data, "state") ?? "-";
        var held = state is "assigned" or "running" or "cancelling" || (state == "input_required" && !data.TryGetProperty("ended", out _));
        var again = kind == "task_assigned";
        var line = new TaskLine(
            id,
            Text(data, "title") ?? "-",
            state,
            held ? Text(data, "agent") ?? before?.Agent : null,
            data.TryGetProperty("attempt", out var attempt) ? attempt.GetInt32() : before?.Attempt ?? 0,
            data.TryGetProperty("progress", out var progress) ? progress.GetDouble() : held && !again ? before?.Progress : null,
            Text(data, "message") ?? Text(data, "question_text") ?? (held && !again ? before?.Message : null),
            ++_changes);
        Holding(before?.Agent, line.Agent);
        _tasks[id] = line;
        if (_tasks.Count > TasksKept) _tasks.Remove(Tasks.Last().Id);
    }

    // The tasks an agent holds change with the records of tasks; the agent's own record changes only with its presence.
    private void Holding(string? had, string? has)
    {
        if (had == has) return;
        if (had is not null && _agents.TryGetValue(had, out var old)) _agents[had] = old with { Holds = Math.Max(0, old.Holds - 1) };
        if (has is not null && _agents.TryGetValue(has, out var now)) _agents[has] = now with { Holds = now.Holds + 1 };
    }

    private static string? Text(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

internal sealed record AgentLine(string Id, string Status, int Slots, int Holds)
{
    public bool IsGone => Status == "offline";
}

internal sealed record TaskLine(string Id, string Title, string State, string? Agent, int Attempt, double? Progress, string? Message, long Change)
{
    public bool IsOver => State is "completed" or "failed" or "cancelled" or "expired" or "rejected";
}
