using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using Waggle.Protocol.Json;
using Waggle.Shared;

namespace Waggle.Watching;

/// <summary>Draws the board for a terminal of a given size. A pure function.</summary>
internal static class WatchView
{
    private const int MostAgents = 10;
    private const int LeastLines = 4;

    // The headings, rules and borders of both tables.
    private const int Frame = 9;

    public static Rows Draw(WatchBoard board, string hub, int width, int height)
    {
        var agents = board.Agents.ToArray();
        var room = Math.Max(LeastLines + 1, height - Frame - 1);
        var shown = agents.Take(Math.Min(MostAgents, Math.Max(1, room / 3))).ToArray();
        room -= shown.Length;
        var tasks = board.Tasks.Take(Math.Max(1, room - LeastLines)).ToArray();
        room -= tasks.Length;
        var parts = new List<IRenderable> { Head(board, hub, width) };
        if (board.FollowsAgents || shown.Length > 0) parts.Add(Agents(shown, agents.Length, width));
        if (board.FollowsTasks || tasks.Length > 0) parts.Add(Tasks(tasks, width));
        parts.AddRange(board.Lines.TakeLast(Math.Max(0, room)).Select(line => new Text(PlainText.Clip(Printer.OneLine(line), width), Color.Grey)));
        return new Rows(parts);
    }

    /// <summary>Formats a rate; an unknown rate is a dash.</summary>
    public static string Rate(double? perSecond) => perSecond is { } rate ? rate.ToString("0.0", CultureInfo.InvariantCulture) : "-";

    public static Style StyleOf(string state) => state switch
    {
        "completed" or "online" or "active" => Color.Green,
        "failed" or "expired" or "rejected" or "offline" or "stopped" => Color.Red,
        "running" => Color.Aqua,
        "cancelled" or "cancelling" or "retry_wait" or "draining" or "paused" => Color.Yellow,
        _ => Style.Plain,
    };

    private static Text Head(WatchBoard board, string hub, int width)
    {
        var link = board.Away ? "DISCONNECTED, reconnecting" : "connected";
        var dropped = board.Dropped > 0 ? $"  {board.Dropped} dropped" : "";
        var text =
            $"{hub}  {link}  at {board.Position}  " +
            $"tasks/s: {Rate(board.Rates.Created)} created {Rate(board.Rates.Completed)} completed {Rate(board.Rates.Failed)} failed{dropped}";
        return new Text(PlainText.Clip(text, width), board.Away ? Color.Red : Style.Plain);
    }

    private static Table Agents(AgentLine[] agents, int all, int width)
    {
        var table = New(width, agents.Length < all ? $"AGENT ({agents.Length} of {all})" : "AGENT", "STATUS", "HOLDS");
        foreach (var a in agents) table.AddRow(Cell(a.Id), new Text(a.Status, StyleOf(a.Status)), new Text($"{a.Holds}/{a.Slots}"));
        if (agents.Length == 0) table.AddRow(new Text("none", Color.Grey));
        return table;
    }

    private static Table Tasks(TaskLine[] tasks, int width)
    {
        var table = New(width, "TASK", "STATE", "AGENT", "PROGRESS", "TITLE");
        var room = Math.Max(10, width - 62);
        foreach (var t in tasks)
        {
            var progress = t.Progress is { } p ? TaskText.Percent(p) : "-";
            var title = t.Message is { } message && !t.IsOver ? $"{t.Title}: {message}" : t.Title;
            table.AddRow(Cell(t.Id), new Text(t.State, StyleOf(t.State)), Cell(t.Agent ?? "-"), new Text(progress), Cell(title, room));
        }

        if (tasks.Length == 0) table.AddRow(new Text("none yet", Color.Grey));
        return table;
    }

    private static Table New(int width, params string[] headers)
    {
        var table = new Table { Border = TableBorder.Simple, Width = width };
        foreach (var header in headers) table.AddColumn(new TableColumn(new Text(header, Color.Grey)).NoWrap());
        return table;
    }

    private static Text Cell(string text, int most = 20) => new(PlainText.Clip(Printer.OneLine(text), most));
}
