using System.Text.Json;
using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>A summary of a hive, for dialects that show all of it at once.</summary>
public sealed record HiveOverview
{
    /// <summary>The greatest number of agents that the summary lists, the oldest first.</summary>
    public const int MostAgents = 1000;

    /// <summary>The greatest number of tasks that the summary lists, the newest first.</summary>
    public const int MostTasks = 100;

    public required string Hive { get; init; }
    public required DateTimeOffset At { get; init; }
    public required IReadOnlyList<SwarmView> Swarms { get; init; }
    public required IReadOnlyList<AgentView> Agents { get; init; }
    public required int AgentCount { get; init; }

    /// <summary>The number of agents whose worker gave a recent sign of life.</summary>
    public required int AgentsHere { get; init; }

    /// <summary>The number of those agents that hold a task.</summary>
    public required int AgentsAtWork { get; init; }

    /// <summary>The number of open tasks by state.</summary>
    public required IReadOnlyDictionary<TaskState, int> OpenTasks { get; init; }

    /// <summary>The number of attempts that the registered agents have completed.</summary>
    public required long Completed { get; init; }
    public required long Failed { get; init; }
    public required long Lost { get; init; }

    /// <summary>The tasks that ended since the hive began; null for a principal that does not see the whole hive.</summary>
    public TaskTotals? Ended { get; init; }

    public IReadOnlyList<TaskView> Tasks { get; init; } = [];

    /// <summary>The number of tasks completed since midnight (UTC); null for a principal that does not see the whole hive.</summary>
    public long? CompletedToday { get; init; }

    /// <summary>The newest reading of machine, process and hub; null if there is none or the principal may not see it.</summary>
    public SystemView? System { get; init; }

    public int Open(params ReadOnlySpan<TaskState> states)
    {
        var sum = 0;
        foreach (var state in states) sum += OpenTasks.GetValueOrDefault(state);
        return sum;
    }
}

/// <summary>Reads the overview from memory. Changes nothing.</summary>
public sealed record ShowOverview : Command<HiveOverview>
{
    public override string Right => Permissions.ReadAgents;

    public override string? Refusal(IHiveView hive) => By.Allowed(Permissions.ReadTasks) ? null : By.Missing(Permissions.ReadTasks);

    public override Decision<HiveOverview> Decide(IHiveView view, in DecisionContext context)
    {
        var agents = view.Agents.Where(a => a.RemovedAt is null).OrderBy(a => a.Seq).ToArray();
        var here = agents.Where(a => view.Presence(a.Id) is { IsHere: true }).ToArray();
        var swarms = view.Swarms.OrderBy(s => s.Seq).ToArray();
        var metrics = view.Metrics([.. swarms.Select(s => s.Id)], context.Now);
        return Decision.Of(new HiveOverview
        {
            Hive = view.Hive,
            At = context.Now,
            Swarms = [.. swarms.Select(s => SwarmViews.Of(s, view) with { Metrics = metrics.GetValueOrDefault(s.Id) })],
            Agents = [.. agents.Take(HiveOverview.MostAgents).Select(a => AgentViews.Of(a, view))],
            AgentCount = agents.Length,
            AgentsHere = here.Length,
            AgentsAtWork = here.Count(a => view.Presence(a.Id)!.Holding.Count > 0),
            OpenTasks = swarms.SelectMany(s => view.OpenTasks(s.Id)).GroupBy(p => p.Key).ToDictionary(g => g.Key, g => g.Sum(p => p.Value)),
            Completed = agents.Sum(a => a.Completed),
            Failed = agents.Sum(a => a.Failed),
            Lost = agents.Sum(a => a.Lost),
            Ended = view.Totals,
            CompletedToday = By.Swarms is null ? view.CompletedOn(DateOnly.FromDateTime(context.Now.UtcDateTime)) : null,
            System = By.Allowed(Permissions.ReadSystem) ? view.System : null,
        });
    }
}

/// <summary>Reads the overview together with the newest tasks, which the store holds.</summary>
public sealed record GetOverview : Query<HiveOverview>
{
    internal override async Task<Outcome<HiveOverview>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        var outcome = await reader.AskAsync(new ShowOverview { By = By }, cancel);
        if (outcome.Value is not { } overview) return outcome;
        var tasks = await new ListTasks(new TaskList { Limit = HiveOverview.MostTasks }) { By = By }.RunAsync(reader, cancel);
        return tasks.Value is { } page ? outcome with { Value = overview with { Tasks = page.Tasks } } : new(null, tasks.Error, tasks.Head);
    }
}

public static class HiveOverviews
{
    /// <summary>Writes the counts of the overview as the data of a record.</summary>
    public static void Write(Utf8JsonWriter writer, HiveOverview overview)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(overview);
        writer.WriteStartObject();
        writer.WriteNumber("agents"u8, overview.AgentCount);
        writer.WriteNumber("agents_here"u8, overview.AgentsHere);
        writer.WriteNumber("agents_at_work"u8, overview.AgentsAtWork);
        writer.WriteStartObject("tasks"u8);
        foreach (var (state, count) in overview.OpenTasks.OrderBy(p => p.Key)) writer.WriteNumber(TaskColumns.Name(state), count);
        writer.WriteEndObject();
        writer.WriteNumber("attempts_completed"u8, overview.Completed);
        writer.WriteNumber("attempts_failed"u8, overview.Failed);
        writer.WriteNumber("attempts_lost"u8, overview.Lost);
        if (overview.Ended is { } ended)
        {
            writer.WriteStartObject("tasks_ended"u8);
            writer.WriteNumber("completed"u8, ended.Completed);
            writer.WriteNumber("failed"u8, ended.Failed);
            writer.WriteNumber("cancelled"u8, ended.Cancelled);
            writer.WriteNumber("expired"u8, ended.Expired);
            writer.WriteNumber("rejected"u8, ended.Rejected);
            writer.WriteEndObject();
        }

        if (overview.CompletedToday is { } today) writer.WriteNumber("tasks_completed_today"u8, today);
        writer.WriteEndObject();
    }
}
