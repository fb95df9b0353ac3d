using System.Net;
using Waggle.Server.Tests.Compat.Example;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat;

/// <summary>The example of docs/write-a-dialect.md, compiled here and used by a real client.</summary>
public sealed class WriteADialectTests
{
    [Fact]
    public void The_page_shows_the_code_that_is_compiled_here()
    {
        var code = File.ReadAllText(Path.Combine(Root(), "tests", "Waggle.Server.Tests", "Compat", "Example", "TickerDialect.cs"));
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "write-a-dialect.md"));
        var blocks = page.Split("```csharp\n").Skip(1).Select(b => b[..b.IndexOf("```", StringComparison.Ordinal)].TrimEnd()).ToArray();
        Assert.Equal(3, blocks.Length);
        Assert.All(blocks, block => Assert.Contains(block, code, StringComparison.Ordinal));

        // The page leaves nothing out but the head of the file.
        var types = code[code.IndexOf("/// <summary>", StringComparison.Ordinal)..].TrimEnd();
        Assert.Equal(types, string.Join("\n\n", blocks));
    }

    [Fact]
    public async Task A_client_of_the_example_is_told_what_happens_and_may_ask()
    {
        await using var hub = await TestHub.StartAsync(o => o with { Dialects = [TickerDialect.Entry] });
        using var client = await RawClient.ConnectAsync(new UriBuilder(hub.Server.Url) { Scheme = "ws", Path = "/ws/ticker" }.Uri);
        await client.SendAsync("""{"do":"create","title":"write a dialect","ref":"1"}""");
        var messages = new[] { await client.NextAsync(), await client.NextAsync() }.OrderBy(m => m.TryGetProperty("event", out _)).ToArray();
        var task = messages[0].Text("task");
        Assert.Equal(("1", "task.new", task, "write a dialect", "open"), (messages[0].Text("ref"), messages[1].Text("event"), messages[1].Text("task"), messages[1].Text("title"), messages[1].Text("state")));

        await client.SendAsync($$"""{"do":"show","task":"{{task}}","ref":"2"}""");
        var shown = await client.NextAsync();
        var (status, body) = await DialectHub.SendAsync(hub.Server.Url, HttpMethod.Get, $"/dialects/ticker/tasks/{task}");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((shown.Text("task"), shown.Text("title"), shown.Text("state")), (body.Text("task"), body.Text("title"), body.Text("state")));

        var worker = await hub.WorkerAsync("ann");
        var assigned = await worker.NextAsync("assign");
        await worker.ResultAsync($"\"type\":\"task.complete\",{assigned.Lease()},\"result\":{{\"lines\":7}}");
        var done = await client.NextAsync();
        Assert.Equal(("task.done", task, 7), (done.Text("event"), done.Text("task"), done.GetProperty("result").GetProperty("lines").GetInt32()));
    }

    [Theory]
    [InlineData("not JSON", "INVALID_REQUEST")]
    [InlineData("""{"do":"dance"}""", "INVALID_REQUEST")]
    [InlineData("""{"do":"create"}""", "INVALID_REQUEST")]
    [InlineData("""{"do":"show","task":"none"}""", "NOT_FOUND")]
    public async Task A_mistake_is_answered_in_the_dialects_words_and_the_connection_goes_on(string frame, string code)
    {
        await using var hub = await TestHub.StartAsync(o => o with { Dialects = [TickerDialect.Entry] });
        using var client = await RawClient.ConnectAsync(new UriBuilder(hub.Server.Url) { Scheme = "ws", Path = "/ws/ticker" }.Uri);
        await client.SendAsync(frame);
        Assert.Equal(code, (await client.NextAsync()).Text("code"));
        await client.SendAsync("""{"do":"show","task":"none","ref":"again"}""");
        Assert.Equal("again", (await client.NextAsync()).Text("ref"));
    }

    [Fact]
    public async Task A_hub_that_stops_tells_the_client_when_to_come_back()
    {
        await using var hub = await TestHub.StartAsync(o => o with { Dialects = [TickerDialect.Entry] });
        using var client = await RawClient.ConnectAsync(new UriBuilder(hub.Server.Url) { Scheme = "ws", Path = "/ws/ticker" }.Uri);
        await client.SendAsync("""{"do":"show","task":"none"}""");
        await client.NextAsync();
        await hub.Server.DisposeAsync();
        var bye = await client.NextAsync();
        Assert.Equal("bye", bye.Text("event"));
        Assert.InRange(bye.GetProperty("retry_ms").GetInt64(), 1, 10_000);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Waggle.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
