using Spectre.Console;
using Waggle.Survey.State;
using Waggle.Survey.Tests.State;
using Waggle.Survey.Views;
using Waggle.Survey.Workers;

namespace Waggle.Survey.Tests.Views;

public sealed class BoardViewTests
{
    private static readonly DemoScene Scene =
        new(new DemoOptions("/src", "/out", null, 0, 3, false, false), new Uri("http://127.0.0.1:1"), "/data", true, Fold.Start);

    [Fact]
    public void It_fits_a_terminal_of_100_by_30_and_keeps_its_shape()
    {
        var fold = new Fold();
        foreach (var name in new[] { "a", "b", "c" }) fold.State.Started(Fold.Start, $"analyst-{name}", DemoWorker.AnalystRole, 4242);
        fold.Files("t1", "t2", "t3");
        var idle = Drawn(fold.State);
        fold.Assigned("t1", "a").Assigned("t2", "a").Task("t2", "progress", """{"state":"running","progress":0.2}""").Assigned("t3", "b").Completed("t3", "b");
        var busy = Drawn(fold.State);

        Assert.All(busy, line => Assert.InRange(line.Length, 0, 100));
        Assert.InRange(busy.Length, 1, 29);
        Assert.Equal(idle.Length, busy.Length);
        Assert.Equal(idle[1], busy[1]);
        Assert.Contains(busy, line => line.Contains("analyst-a", StringComparison.Ordinal) && line.Contains("working", StringComparison.Ordinal) && line.Contains("t1.cs", StringComparison.Ordinal));
        Assert.Contains(busy, line => line.Contains("t2.cs  20 %", StringComparison.Ordinal));
        Assert.Contains("1 of 3 files, still listing", busy[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_look_like_markup_are_shown_as_they_are()
    {
        var fold = new Fold();
        fold.State.Started(Fold.Start, "analyst-a", DemoWorker.AnalystRole, 4242);
        fold.Created("t1", "measure", "[red]/[id].ts").Assigned("t1", "a");
        Assert.Contains(Drawn(fold.State), line => line.Contains("[red]/[id].ts", StringComparison.Ordinal));
    }

    [Fact]
    public void A_long_path_keeps_its_end()
    {
        Assert.Equal("…st/File.cs", DemoTexts.Tail("a/long/path/test/File.cs", 11));
        Assert.Equal("File.cs", DemoTexts.Tail("File.cs", 11));
    }

    private static string[] Drawn(DemoState state)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 100;
        console.Write(BoardView.Draw(state, Scene, Fold.Start.AddSeconds(9), 100, 30));
        return [.. text.ToString().TrimEnd().Split('\n').Select(line => line.TrimEnd())];
    }
}
