using System.Text.Json;
using Waggle.Protocol;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests;

public class SubscribeTests
{
    [Fact]
    public async Task Records_come_live_with_their_envelope()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var subscribed = await client.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"task.*.created\",\"app.#\"]");
        Assert.Equal(("s1", true), (subscribed.Text("subscription"), subscribed.GetProperty("recovered").GetBoolean()));
        var created = await client.AskAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\"}]");
        var record = await client.NextAsync("record");
        var id = created.GetProperty("result").GetProperty("tasks")[0].Text("id");
        Assert.Equal(($"task.{id}.created", "task_created", "durable", "default"), (record.Text("topic"), record.Text("kind"), record.Text("class"), record.Text("swarm")));
        Assert.True(Offset(created) >= Offset(record));
        Assert.Equal("t", record.GetProperty("data").Text("title"));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", record.Text("at"));
    }

    [Fact]
    public async Task What_applications_publish_comes_to_those_who_listen_with_or_without_an_id()
    {
        await using var hub = await TestHub.StartAsync();
        var listener = await hub.ClientAsync();
        await listener.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"app.chat.*\"]");
        var speaker = await hub.ClientAsync();
        await speaker.SendAsync("""{"type":"publish","topic":"app.chat.room1","data":{"text":"hi"}}""");
        Assert.Equal("reply", (await speaker.AskAsync("\"type\":\"publish\",\"topic\":\"app.chat.room2\"")).Text("type"));
        var first = await listener.NextAsync("record");
        Assert.Equal(("app.chat.room1", "app", "stream", "{\"text\":\"hi\"}"), (first.Text("topic"), first.Text("kind"), first.Text("class"), first.GetProperty("data").GetRawText()));
        Assert.Equal(JsonValueKind.Null, (await listener.NextAsync("record")).GetProperty("data").ValueKind);
    }

    [Fact]
    public async Task What_was_missed_over_a_restart_of_the_hub_is_in_the_reply()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var since = (await client.AskAsync("\"type\":\"subscribe\",\"topics\":[\"task.#\"]")).Text("position");
        await CreateAsync(client, "before");
        await hub.RestartAsync();
        client = await hub.ClientAsync();
        Assert.StartsWith("2:", client.Welcome.Text("position"), StringComparison.Ordinal);
        await CreateAsync(client, "after");

        var resumed = await client.ResultAsync($"\"type\":\"subscribe\",\"topics\":[\"task.*.created\"],\"since\":\"{since}\"");
        Assert.True(resumed.GetProperty("recovered").GetBoolean());
        Assert.Equal(["before", "after"], resumed.GetProperty("records").EnumerateArray().Select(r => r.GetProperty("data").Text("title")));
        Assert.Equal(["1", "2"], resumed.GetProperty("records").EnumerateArray().Select(r => r.Text("position")!.Split(':')[0]));
        await CreateAsync(client, "live");
        Assert.Equal("live", (await client.NextAsync("record")).GetProperty("data").Text("title"));
    }

    [Theory]
    [InlineData("9:1")]
    [InlineData("1:999999")]
    [InlineData("0:0")]
    public async Task A_position_of_another_log_is_not_recovered_and_says_so(string since)
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var answer = await client.ResultAsync($"\"type\":\"subscribe\",\"topics\":[\"#\"],\"since\":\"{since}\"");
        Assert.Equal((false, 0), (answer.GetProperty("recovered").GetBoolean(), answer.GetProperty("records").GetArrayLength()));
        await CreateAsync(client, "live");
        await client.NextAsync("record");
    }

    [Fact]
    public async Task More_than_a_thousand_missed_records_are_not_recovered()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var since = client.Welcome.Text("position");
        await client.ResultAsync($"\"type\":\"task.create\",\"tasks\":[{string.Join(',', Enumerable.Repeat("{\"title\":\"t\"}", 1000))}]");
        Assert.True((await client.ResultAsync($"\"type\":\"subscribe\",\"topics\":[\"task.#\"],\"since\":\"{since}\"")).GetProperty("recovered").GetBoolean());
        await CreateAsync(client, "one more");
        Assert.False((await client.ResultAsync($"\"type\":\"subscribe\",\"topics\":[\"task.#\"],\"since\":\"{since}\"")).GetProperty("recovered").GetBoolean());
    }

    [Fact]
    public async Task Progress_comes_as_a_snapshot_to_who_comes_late_and_goes_with_its_task()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var worker = await hub.WorkerAsync("w1");
        await CreateAsync(client, "t");
        var assign = await worker.NextAsync("assign");
        await worker.ResultAsync($"\"type\":\"task.progress\",{assign.Lease()},\"progress\":0.1");
        await worker.ResultAsync($"\"type\":\"task.progress\",{assign.Lease()},\"progress\":0.7");
        var latest = (await client.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"task.*.progress\"]")).GetProperty("latest");
        Assert.Equal(0.7, Assert.Single(latest.EnumerateArray()).GetProperty("data").GetProperty("progress").GetDouble());
        await worker.ResultAsync($"\"type\":\"task.complete\",{assign.Lease()}");
        Assert.Empty((await client.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"task.*.progress\"]")).GetProperty("latest").EnumerateArray());
    }

    [Fact]
    public async Task Who_unsubscribes_hears_no_more()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        await client.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"app.a\"]");
        var second = (await client.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"app.b\"]")).Text("subscription");
        await client.ResultAsync("\"type\":\"unsubscribe\",\"subscription\":\"s1\"");
        await client.ResultAsync("\"type\":\"publish\",\"topic\":\"app.a\"");
        await client.ResultAsync("\"type\":\"publish\",\"topic\":\"app.b\"");
        Assert.Equal("app.b", (await client.NextAsync("record")).Text("topic"));
        Assert.Equal("s2", second);
        Assert.Equal(ErrorCodes.NotFound, await client.ErrorAsync("\"type\":\"unsubscribe\",\"subscription\":\"s1\""));
    }

    [Fact]
    public async Task A_connection_may_have_ten_thousand_subscriptions()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ConnectAsync();
        await client.HelloAsync(",\"batch\":true");
        for (var i = 0; i < 10_000; i += 500)
            await client.SendAsync($"[{string.Join(',', Enumerable.Range(i, 500).Select(n => $"{{\"type\":\"subscribe\",\"id\":\"n{n}\",\"topics\":[\"app.{n}{(n % 2 == 0 ? "" : ".*")}\"]}}"))}]");
        for (var i = 0; i < 10_000; i++) Assert.Equal($"s{i + 1}", (await client.NextAsync("reply")).GetProperty("result").Text("subscription"));
        await client.SendAsync("""[{"type":"publish","topic":"app.9998"},{"type":"publish","topic":"app.9999.x"}]""");
        Assert.Equal("app.9998", (await client.NextAsync("record")).Text("topic"));
        Assert.Equal("app.9999.x", (await client.NextAsync("record")).Text("topic"));
    }

    private static long Offset(JsonElement message) => Position.TryParse(message.Text("position"), out var position) ? position.Offset : -1;

    private static Task<JsonElement> CreateAsync(RawClient client, string title) => client.ResultAsync($"\"type\":\"task.create\",\"tasks\":[{{\"title\":\"{title}\"}}]");
}
