using Spectre.Console;
using Spectre.Console.Rendering;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Watching;

/// <summary>Draws a reading into a terminal, or prints it as lines.</summary>
internal static class TopView
{
    private static readonly string[] AgentNames = ["AGENT", "SWARM", "STATUS", "HOLDS", "DONE", "FAILED", "LOST"];
    private static readonly string[] WaitNames = ["WAITING", "SWARM", "REQUIRES", "ONLY FOR", "WHY"];

    public static Rows Draw(TopReading? reading, string hub, bool away, int width, int height)
    {
        var link = new Text($"{hub}  {(away ? "AWAY, trying again; this is how it was" : "connected")}", away ? Color.Red : Style.Plain);
        if (reading is null) return new Rows(link);
        var parts = new List<IRenderable> { link };
        parts.AddRange(Head(reading).Select(line => new Text(PlainText.Clip(Printer.OneLine(line), width))));
        var waits = Waits(reading);
        if (waits.Count > 0) parts.Add(Table(WaitNames, waits, width, -1));

        // Subtracts the lines above the table and its frame.
        var room = Math.Max(1, height - parts.Count - waits.Count - 10);
        parts.Add(Table(AgentNames, Agents(reading, room), width, 2));
        return new Rows(parts);
    }

    public static void Print(TopReading reading)
    {
        foreach (var line in Head(reading)) Printer.Line(line);
        if (Waits(reading) is { Count: > 0 } waits) Printer.Table(WaitNames, waits);
        Printer.Table(AgentNames, Agents(reading, int.MaxValue));
    }

    private static IEnumerable<string> Head(TopReading r)
    {
        yield return
            $"tasks/s over {r.Rates.WindowS:0} s: {WatchView.Rate(r.Rates.Created)} created, " +
            $"{WatchView.Rate(r.Rates.Completed)} completed, {WatchView.Rate(r.Rates.Failed)} failed";
        foreach (var swarm in r.Swarms)
        {
            var tasks = swarm.Tasks.Count == 0 ? "no open tasks" : string.Join(", ", swarm.Tasks.Select(t => $"{t.Value} {t.Key}"));
            var state = swarm.State == SwarmState.Active ? "" : $" {SnakeCase.Of(swarm.State).ToUpperInvariant()}";
            yield return $"swarm {swarm.Id}{state}: {swarm.Agents} {(swarm.Agents == 1 ? "agent" : "agents")}, {tasks}";
        }

        if (r.Queue.Pending == 0) yield break;
        var of = r.Queue.LookedAt < r.Queue.Pending ? $" (of the oldest {r.Queue.LookedAt})" : "";
        yield return $"queue: {r.Queue.Pending} pending; by priority{of}: {string.Join(", ", r.Queue.ByPriority.Select(p => $"{p.Value} at {p.Key}"))}";
    }

    private static List<string?[]> Waits(TopReading r) =>
    [
        .. r.Queue.Waits.Select(w => new[]
        {
            $"{w.Tasks}", w.Swarm, w.Requires is { } needs ? Shared.Capabilities.Text(needs) : null, w.AssignTo,
            w.Message ?? "All capable agents are busy.",
        }),
    ];

    // Working agents first, offline agents last.
    private static List<string?[]> Agents(TopReading r, int most) =>
    [
        .. r.Agents.OrderBy(a => a.Status == AgentStatus.Offline).ThenByDescending(a => a.Holding.Count)
            .ThenBy(a => a.Status).ThenBy(a => a.Id, StringComparer.Ordinal).Take(most)
            .Select(a => new[] { a.Id, a.Swarm, SnakeCase.Of(a.Status), $"{a.Holding.Count}/{a.Slots}", $"{a.Completed}", $"{a.Failed}", $"{a.Lost}" }),
    ];

    private static Table Table(string[] names, List<string?[]> rows, int width, int styled)
    {
        var table = new Table { Border = TableBorder.Simple, Width = width };
        foreach (var name in names) table.AddColumn(new TableColumn(new Text(name, Color.Grey)));
        foreach (var row in rows)
        {
            table.AddRow(row.Select((cell, i) => new Text(Printer.OneLine(cell ?? "-"), i == styled ? WatchView.StyleOf(cell!) : Style.Plain)
            {
                Overflow = Overflow.Ellipsis,
            }));
        }

        return table;
    }
}
