using Spectre.Console;
using Waggle.Protocol.Model;
using Waggle.Survey.State;
using Waggle.Survey.Workers;

namespace Waggle.Survey.Views;

/// <summary>Draws the state: the progress, the work of each agent, the last events. A pure function.</summary>
internal static class BoardView
{
    private const int EventsShown = 8;

    // Fixed widths keep the shape of the table from changing with every file.
    private const int NameWidth = 12;
    private const int PidWidth = 8;
    private const int StatusWidth = 9;
    private const int DoneWidth = 6;
    private const int Lines = 16;

    public static Rows Draw(DemoState state, DemoScene scene, DateTimeOffset now, int width, int height) =>
        new(Bar(state, scene, now, width), Workers(state, width, height), Events(state, scene));

    private static Markup Bar(DemoState state, DemoScene scene, DateTimeOffset now, int width)
    {
        var text = $" {DemoTexts.Progress(state)}, {DemoTexts.Since(scene, now)}";
        var room = Math.Clamp(width - text.Length - 1, 0, 40);
        var full = state.Listed == 0 ? 0 : (int)((long)room * state.Ended / state.Listed);
        return new Markup($"[green]{new string('━', full)}[/][grey35]{new string('━', room - full)}[/]{Markup.Escape(text)}");
    }

    private static Table Workers(DemoState state, int width, int height)
    {
        var table = new Table { Border = TableBorder.Rounded, Width = width };
        table.BorderColor(Color.Grey35);
        var room = Math.Max(20, width - NameWidth - PidWidth - StatusWidth - DoneWidth - Lines);
        table.AddColumn(new TableColumn("Worker").NoWrap().Width(NameWidth));
        table.AddColumn(new TableColumn("Pid").RightAligned().NoWrap().Width(PidWidth));
        table.AddColumn(new TableColumn("Status").NoWrap().Width(StatusWidth));
        table.AddColumn(new TableColumn("Now").NoWrap().Width(room));
        table.AddColumn(new TableColumn("Done").RightAligned().NoWrap().Width(DoneWidth));
        // Reserves the most lines that the table can need, so that its size stays; in a low terminal one for each worker.
        var lines = state.Workers.All.Count * DemoOptions.AnalystSlots + EventsShown + 6 <= height ? DemoOptions.AnalystSlots : 1;
        foreach (var worker in state.Workers.All) Row(table, state, worker, room, worker.Role == DemoWorker.AnalystRole ? lines : 1);
        return table;
    }

    private static void Row(Table table, DemoState state, DemoProcess worker, int room, int lines)
    {
        var agents = state.Agents.Named(worker.Name).ToList();
        var holding = agents.SelectMany(agent => agent.Holding).Take(lines).Select(task => Doing(task, room)).ToList();
        while (holding.Count < lines) holding.Add("");
        var (status, style) = Status(worker, agents);
        var completed = agents.Sum(agent => agent.Completed);
        table.AddRow(
            new Text(worker.Name), new Text($"{worker.Pid}"), new Text(status, style), new Text(string.Join('\n', holding)), new Text($"{completed}"));
    }

    private static string Doing(DemoTask task, int room)
    {
        var progress = task.Message is { } message ? "  " + message : task.Progress is { } share ? $"  {share * 100:0} %" : "";
        return DemoTexts.Tail(task.Title, Math.Max(10, room - progress.Length)) + progress;
    }

    private static (string Text, Style Style) Status(DemoProcess worker, List<DemoAgent> agents) => worker.Fate switch
    {
        WorkerFate.Killed => ("killed", Color.Red),
        WorkerFate.Exited => ("ended", Color.Red),
        WorkerFate.Stopped => ("stopped", Color.Grey),
        _ when agents.Count == 0 => ("starting", Color.Grey),
        _ when agents.Exists(agent => agent.Holding.Count > 0) => ("working", Color.Green),
        // The last agent is the one of this process.
        _ => agents[^1].Status is { } status and not AgentStatus.Online ? ($"{status}".ToLowerInvariant(), Color.Yellow) : ("idle", Style.Plain),
    };

    private static Grid Events(DemoState state, DemoScene scene)
    {
        // Two columns, so that long lines wrap below themselves.
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().RightAligned().Width(7)).AddColumn();
        foreach (var told in state.Events.TakeLast(EventsShown))
            grid.AddRow(new Text(DemoTexts.Since(scene, told.At), Color.Grey), new Text(told.Text, StyleOf(told.Tone)));
        return grid;
    }

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Good => Color.Green,
        Tone.Bad => Color.Red,
        _ => Style.Plain,
    };
}
