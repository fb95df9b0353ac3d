using Waggle.Core;
using Waggle.Core.Apps;
using Waggle.Delivery;
using Waggle.Protocol.Json;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

public sealed class EventsApiTests
{
    [Fact]
    public async Task Load_then_follow_has_no_hole()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.CreateAsync("before");
        var loaded = (await hub.GetAsync("/api/v1/tasks")).Is(200);
        var between = await hub.CreateAsync("between");
        using var events = await EventReader.OpenAsync(hub, $"?pattern=task.*.created&since={loaded.Position}");
        var after = await hub.CreateAsync("after");
        Assert.Equal($"task.{between}.created", (await events.NextAsync("record")).Topic);
        Assert.Equal($"task.{after}.created", (await events.NextAsync("record")).Topic);
    }

    [Fact]
    public async Task A_stream_that_broke_off_goes_on_where_it_was()
    {
        await using var hub = await RestHub.StartAsync();
        string? last;
        using (var events = await EventReader.OpenAsync(hub, "?pattern=task.%23"))
        {
            await hub.CreateAsync("first");
            last = (await events.NextAsync("record")).Id;
        }

        var missed = await hub.CreateAsync("missed");
        using var resumed = await EventReader.OpenAsync(hub, "?pattern=task.%23&since=1:0", last);
        var next = await resumed.NextAsync("record");
        Assert.Equal(missed, (string)next.Data["data"]!["task"]!);
    }

    [Fact]
    public async Task A_position_of_another_log_is_told_and_the_stream_is_live()
    {
        await using var hub = await RestHub.StartAsync();
        using var events = await EventReader.OpenAsync(hub, "?since=77:1");
        Assert.Equal("not-recovered", (await events.NextAsync())!.Name);
        var task = await hub.CreateAsync("a");
        Assert.Equal($"task.{task}.created", (await events.NextAsync("record")).Topic);
    }

    [Fact]
    public async Task A_filter_holds_for_the_stream_and_for_a_piece_of_the_log()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.CreateAsync("one");
        var two = await hub.CreateAsync("two");
        var filter = Uri.EscapeDataString("""{"field":"data.title","eq":"two"}""");
        using var events = await EventReader.OpenAsync(hub, $"?since=1:0&filter={filter}");
        Assert.Equal($"task.{two}.created", (await events.NextAsync("record")).Topic);
        var again = await hub.CreateAsync("two");
        Assert.Equal($"task.{again}.created", (await events.NextAsync("record")).Topic);
    }

    [Theory]
    [InlineData("filter=%7B%7D", "filter: it has either")]
    [InlineData("filter=nonsense", "filter: ")]
    [InlineData("max_rate=often", "max_rate is a number")]
    [InlineData("max_rate=0", "max_rate.per_second: it is 0.001 to 1000")]
    [InlineData("max_rate=NaN", "max_rate.per_second: it is 0.001 to 1000")]
    [InlineData("max_rate_key=topic", "requires max_rate")]
    public async Task A_bad_filter_or_rate_is_refused(string query, string says)
    {
        await using var hub = await RestHub.StartAsync();
        var answer = await hub.GetAsync($"/api/v1/events?{query}");
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(says, answer.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Payloads_over_several_lines_stay_one_event()
    {
        await using var hub = await RestHub.StartAsync();
        using var events = await EventReader.OpenAsync(hub, "?pattern=app.%23");
        await events.NextAsync("position");
        await hub.Server.Hive.AskAsync(new PublishToApp("app.note", RawJson.Parse("{\n  \"a\":\r\n 1 }")) { By = Principal.Hub("default") }, CancellationToken.None);
        var record = await events.NextAsync("record");
        Assert.Equal(1, (int)record.Data["data"]!["a"]!);
    }

    [Fact]
    public async Task A_slow_reader_is_told_of_the_gap()
    {
        await using var hub = await RestHub.StartAsync(o => o with { Outbox = new OutboxLimits { MaxDroppable = 10 } });
        using var events = await EventReader.OpenAsync(hub, "?pattern=app.%23");
        await events.NextAsync("position");

        // Until the kernel's buffers and Kestrel's own are full the reader is not slow.
        var payload = RawJson.Parse($"\"{new string('x', 64 * 1024)}\"");
        await Eventually.Async(async () =>
        {
            for (var i = 0; i < 100; i++)
                await hub.Server.Hive.AskAsync(new PublishToApp("app.flood", payload) { By = Principal.Hub("default") }, CancellationToken.None);
            var connection = (await hub.GetAsync("/api/v1/connections")).Body["connections"]![0]!;
            return (long)connection["dropped"]! > 0;
        });
        var gap = await events.NextAsync("gap");
        Assert.True((long)gap.Data["dropped"]! > 0);
    }

    [Fact]
    public async Task A_stopping_hub_says_goodbye()
    {
        var hub = await RestHub.StartAsync();
        using var events = await EventReader.OpenAsync(hub);
        await events.NextAsync("position");
        var stopping = hub.Server.DisposeAsync();
        Assert.Equal(4002, (int)(await events.NextAsync("bye")).Data["code"]!);
        Assert.Null(await events.NextAsync());
        await stopping;
        await hub.DisposeAsync();
    }

    [Fact]
    public async Task The_log_is_read_by_pieces_from_a_position()
    {
        await using var hub = await RestHub.StartAsync();
        for (var i = 0; i < 3; i++) await hub.CreateAsync($"t{i}");
        var titles = new List<string>();
        var position = "1:0";
        bool atHead;
        do
        {
            var page = (await hub.GetAsync($"/api/v1/events?pattern=task.*.created&limit=2&since={position}", ("Accept", "application/json"))).Is(200);
            titles.AddRange(page.Body["records"]!.AsArray().Select(r => (string)r!["data"]!["title"]!));
            position = page.Text("position");
            atHead = (bool)page.Body["at_head"]!;
        }
        while (!atHead);
        Assert.Equal(["t0", "t1", "t2"], titles);
        Assert.Equal((await hub.GetAsync("/api/v1/tasks")).Position, position);
        (await hub.GetAsync("/api/v1/events?since=77:1", ("Accept", "application/json"))).IsProblem(404, "NOT_FOUND");
        (await hub.GetAsync("/api/v1/events", ("Accept", "application/json"))).IsProblem(400, "INVALID_REQUEST");
    }
}
