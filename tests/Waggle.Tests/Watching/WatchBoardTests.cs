using Spectre.Console;
using Waggle.Client;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;
using Waggle.TestKit;
using Waggle.Watching;

namespace Waggle.Tests.Watching;

public sealed class WatchBoardTests
{
    private readonly FakeTime _time = new();
    private readonly WatchBoard _board;
    private long _offset;

    public WatchBoardTests() => _board = new WatchBoard(new Rates(TimeSpan.FromSeconds(10), _time));

    [Fact]
    public void A_task_is_shown_with_its_agent_and_progress_and_what_it_holds_is_counted()
    {
        See("agent.a1.status", "agent_status", """{"agent":"a1","name":"a1","status":"online","slots":2,"holding":0}""");
        See("task.t1.created", "task_created", """{"task":"t1","title":"Mend it","state":"pending"}""");
        See("task.t1.assigned", "task_assigned", """{"task":"t1","title":"Mend it","old_state":"pending","state":"assigned","agent":"a1","attempt":1}""");
        See("task.t1.progress", "task_progress", """{"task":"t1","title":"Mend it","state":"running","agent":"a1","attempt":1,"progress":0.5,"message":"half"}""");

        Assert.Contains(Drawn(), l => l.Contains("t1", StringComparison.Ordinal) && l.Contains("running", StringComparison.Ordinal) && l.Contains("a1", StringComparison.Ordinal) && l.Contains("50 %", StringComparison.Ordinal) && l.Contains("Mend it: half", StringComparison.Ordinal));
        Assert.Contains(Drawn(), l => l.Contains("a1", StringComparison.Ordinal) && l.Contains("online", StringComparison.Ordinal) && l.Contains("1/2", StringComparison.Ordinal));

        See("task.t1.completed", "task_completed", """{"task":"t1","title":"Mend it","old_state":"running","state":"completed"}""");
        Assert.Equal(("completed", null, null), _board.Tasks.Select(t => (t.State, t.Agent, t.Progress)).Single());
        Assert.Equal(0, _board.Agents.Single().Holds);
    }

    [Fact]
    public void Rates_are_counted_and_unknown_before_a_second_and_after_a_hole()
    {
        for (var i = 0; i < 4; i++) See($"task.t{i}.created", "task_created", """{"title":"t","state":"pending"}""");
        Assert.Contains("- created - completed - failed", Drawn()[0], StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("2.0 created 0.0 completed 0.0 failed", Drawn()[0], StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Contains("0.0 created", Drawn()[0], StringComparison.Ordinal);
        _board.See(new NotRecovered(new Position(1, 1), new Position(1, 99)), fresh: true);
        Assert.Contains("- created", Drawn()[0], StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_watched_is_not_said_to_be_none()
    {
        var board = new WatchBoard(new Rates(TimeSpan.FromSeconds(10), _time)) { FollowsAgents = false };
        Assert.DoesNotContain(Drawn(board), l => l.Contains("AGENT ", StringComparison.Ordinal) && l.Contains("HOLDS", StringComparison.Ordinal));
        board.Rates.Stop();
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Contains("- created - completed - failed", Drawn(board)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Agents_that_are_gone_come_last()
    {
        See("agent.a1.status", "agent_status", """{"agent":"a1","name":"a1","status":"offline","slots":1,"holding":0}""");
        See("agent.b2.status", "agent_status", """{"agent":"b2","name":"b2","status":"online","slots":1,"holding":0}""");
        Assert.Equal(["b2", "a1"], _board.Agents.Select(a => a.Id));
    }

    [Fact]
    public void What_was_there_before_is_shown_with_what_is_at_work_first()
    {
        _board.Know(Task("done", TaskState.Completed));
        _board.Know(Task("waits", TaskState.Pending));
        _board.Know(Task("runs", TaskState.Running) with { Progress = 0.25, Lease = new LeaseInfo { Agent = "a1", Attempt = 1, Token = 7, AssignedAt = _time.GetUtcNow() } });
        _board.Know(Task("waits-too", TaskState.Pending));
        Assert.Equal(["runs", "waits-too", "waits", "done"], _board.Tasks.Select(t => t.Id));

        TaskView Task(string id, TaskState state) => new()
        {
            Id = id,
            Swarm = "default",
            State = state,
            Spec = new TaskSpec { Title = id },
            Priority = 3,
            CreatedAt = _time.GetUtcNow(),
            UpdatedAt = _time.GetUtcNow(),
        };
    }

    [Fact]
    public void Gaps_and_a_hub_that_is_away_are_said()
    {
        _board.See(new GapObserved(new Position(1, 1), 17, new Position(1, 20)), fresh: true);
        _board.Away = true;
        Assert.Contains("DISCONNECTED", Drawn()[0], StringComparison.Ordinal);
        Assert.Contains("17 dropped", Drawn()[0], StringComparison.Ordinal);
        Assert.Contains(Drawn(), l => l.StartsWith("-- 17 records were dropped between 1:1 and 1:20", StringComparison.Ordinal));
    }

    [Fact]
    public void It_fits_its_terminal_however_much_there_is_and_text_is_not_markup()
    {
        for (var i = 0; i < 500; i++)
        {
            See($"agent.a{i}.status", "agent_status", $$"""{"agent":"a{{i}}","name":"a","status":"online","slots":1,"holding":0}""");
            See($"task.t{i}.created", "task_created", $$"""{"title":"[red]{{i}} {{new string('x', 200)}}\u001b[31m","state":"pending"}""");
        }

        foreach (var (width, height) in new[] { (80, 24), (100, 30), (200, 60) })
        {
            var lines = Drawn(width, height);
            Assert.InRange(lines.Length, height / 2, height);
            Assert.All(lines, l => Assert.InRange(l.Length, 0, width));
            Assert.Contains(lines, l => l.Contains("[red]499", StringComparison.Ordinal));
            Assert.Contains(lines, l => l.Contains("of 500)", StringComparison.Ordinal));
            Assert.DoesNotContain(lines, l => l.Contains('\u001b'));
        }
    }

    private void See(string topic, string kind, string data)
    {
        var position = new Position(1, ++_offset);
        var record = new RecordMessage { Position = position, Topic = topic, Kind = kind, Class = RecordClass.Durable, At = _time.GetUtcNow(), Swarm = "default", Data = RawJson.Parse(data) };
        _board.See(new RecordObserved(record, Snapshot: false, position), fresh: true);
    }

    private string[] Drawn(int width = 110, int height = 30) => Drawn(_board, width, height);

    private static string[] Drawn(WatchBoard board, int width = 110, int height = 30)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = width;
        console.Write(WatchView.Draw(board, "http://127.0.0.1:1", width, height));
        return text.ToString().TrimEnd('\n').Split('\n');
    }
}
