using Waggle.Protocol.Model;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Watching;

/// <summary><c>waggle watch</c> and <c>top</c> in a terminal.</summary>
public sealed class LiveWatchTests(HubFixture hub)
{
    [Fact]
    public async Task It_shows_what_was_there_survives_a_resize_and_leaves_the_terminal_as_it_was_with_q()
    {
        var client = await hub.ClientAsync();
        var before = await client.CreateTaskAsync(new TaskSpec { Title = "was there before", Swarm = await hub.NewSwarmAsync() });
        await using var terminal = Terminal.Start(await hub.UrlAsync(), 100, 30, "watch", $"task.{before.Id}.#");
        await terminal.ShowsAsync(f => Shows(f, before.Id), "the task");
        Assert.All(terminal.Frame(), line => Assert.InRange(line.Length, 0, 100));

        await terminal.ResizeAsync(70, 20);
        await terminal.ShowsAsync(f => f.Length is > 5 and <= 20 && f.All(l => l.Length <= 70), "a smaller frame");
        await terminal.ResizeAsync(120, 40);
        await terminal.ShowsAsync(f => f.Any(l => l.Length > 100), "a larger frame");

        await terminal.KeysAsync("q");
        Assert.Equal(0, await terminal.EndAsync());
        Assert.Equal(1, terminal.Written.Split(Terminal.Alternate).Length - 1);
        var after = terminal.Written[(terminal.Written.LastIndexOf(Terminal.Back, StringComparison.Ordinal) + Terminal.Back.Length)..];
        Assert.Contains("last position", after, StringComparison.Ordinal);
        Assert.DoesNotContain(before.Id, after, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("watch", "\u0003")]
    [InlineData("top", "\u0003")]
    [InlineData("top", "q")]
    public async Task Control_C_and_q_end_it_and_the_terminal_is_back(string command, string keys)
    {
        await using var terminal = Terminal.Start(await hub.UrlAsync(), 80, 24, command);
        await terminal.ShowsAsync(f => f.Length > 3, "a frame");
        await terminal.KeysAsync(keys);
        Assert.Equal(0, await terminal.EndAsync());
        Assert.True(terminal.Written.LastIndexOf(Terminal.Back, StringComparison.Ordinal) > terminal.Written.LastIndexOf("\e[H", StringComparison.Ordinal));
    }

    private static bool Shows(string[] frame, string id) => frame.Any(l => l.Contains(id, StringComparison.Ordinal) && l.Contains("was there", StringComparison.Ordinal));
}
