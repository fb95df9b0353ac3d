using System.Text.Json;
using Waggle.Protocol;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests;

public class CommandTests
{
    [Fact]
    public async Task Swarms_are_made_listed_and_shown()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        Assert.Equal("red", (await client.ResultAsync("\"type\":\"swarm.create\",\"name\":\"Red team\",\"swarm\":\"red\"")).Text("id"));
        var given = (await client.ResultAsync("\"type\":\"swarm.create\",\"name\":\"Another\"")).Text("id");
        Assert.True(Ids.IsValid(given));
        var swarms = (await client.ResultAsync("\"type\":\"swarm.list\"")).GetProperty("swarms").EnumerateArray().Select(s => s.Text("id"));
        Assert.Equal(["default", "red", given], swarms);
        Assert.Equal("Red team", (await client.ResultAsync("\"type\":\"swarm.show\",\"swarm\":\"red\"")).Text("name"));
    }

    [Fact]
    public async Task A_task_goes_from_its_creation_to_its_result()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var worker = await hub.WorkerAsync("w1", more: ",\"name\":\"One\",\"capabilities\":{\"code\":0.9}");
        var created = (await client.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"Build\",\"type\":\"build\",\"input\":{\"a\":[1,2]},\"requires\":{\"code\":0.5},\"metadata\":{\"k\":\"v\"}}]")).GetProperty("tasks")[0];
        Assert.Equal((1, false), ((int)created.Number("matching_agents"), created.GetProperty("duplicate").GetBoolean()));

        var assign = await worker.NextAsync("assign");
        Assert.Equal(("Build", "{\"a\":[1,2]}", 30_000), (assign.GetProperty("spec").Text("title"), assign.GetProperty("spec").GetProperty("input").GetRawText(), (int)assign.Number("lease_ms")));
        Assert.Equal("running", (await worker.ResultAsync($"\"type\":\"task.start\",{assign.Lease()}")).Text("state"));
        await worker.ResultAsync($"\"type\":\"task.progress\",{assign.Lease()},\"progress\":0.5,\"message\":\"half\"");
        await worker.ResultAsync($"\"type\":\"task.log\",{assign.Lease()},\"lines\":[\"one\",\"two\"]");
        var shown = await client.ResultAsync($"\"type\":\"task.show\",\"task\":\"{created.Text("id")}\"");
        Assert.Equal((0.5, "running"), (shown.GetProperty("progress").GetDouble(), shown.Text("state")));
        var renewed = await worker.ResultAsync($"\"type\":\"lease.renew\",\"leases\":[{assign.LeaseRef()}]");
        Assert.Equal((0, 0), (renewed.GetProperty("stop").GetArrayLength(), renewed.GetProperty("cancel").GetArrayLength()));

        var done = await worker.ResultAsync($"\"type\":\"task.complete\",{assign.Lease()},\"result\":{{\"ok\":true}},\"usage\":{{\"input_tokens\":10,\"output_tokens\":5,\"cost_usd\":0.01}}");
        Assert.Equal("completed", done.Text("state"));
        var again = await worker.ResultAsync($"\"type\":\"task.complete\",{assign.Lease()},\"result\":null");
        Assert.True(again.GetProperty("duplicate").GetBoolean());
        shown = await client.ResultAsync($"\"type\":\"task.show\",\"task\":\"{created.Text("id")}\"");
        Assert.Equal("{\"ok\":true}", shown.GetProperty("result").GetRawText());
        Assert.Equal("completed", shown.GetProperty("attempts")[0].Text("outcome"));
        Assert.Equal(["one", "two"], shown.GetProperty("attempts")[0].GetProperty("log_tail").EnumerateArray().Select(l => l.GetString()));
    }

    [Fact]
    public async Task Tasks_are_cancelled_retried_and_put_first()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var task = (await client.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\"}]")).GetProperty("tasks")[0].Text("id");
        await client.ResultAsync($"\"type\":\"task.set_priority\",\"task\":\"{task}\",\"priority\":1");
        Assert.Equal(ErrorCodes.InvalidState, await client.ErrorAsync($"\"type\":\"task.retry\",\"task\":\"{task}\""));
        Assert.Equal("cancelled", (await client.ResultAsync($"\"type\":\"task.cancel\",\"task\":\"{task}\",\"reason\":\"no need\"")).Text("state"));
        Assert.True((await client.ResultAsync($"\"type\":\"task.cancel\",\"task\":\"{task}\"")).GetProperty("duplicate").GetBoolean());
        Assert.Equal(ErrorCodes.InvalidState, await client.ErrorAsync($"\"type\":\"task.set_priority\",\"task\":\"{task}\",\"priority\":2"));
        var retry = await client.ResultAsync($"\"type\":\"task.retry\",\"task\":\"{task}\"");
        Assert.Equal(retry.Text("id"), (await client.ResultAsync($"\"type\":\"task.retry\",\"task\":\"{task}\"")).Text("id"));
        Assert.Equal(task, (await client.ResultAsync($"\"type\":\"task.show\",\"task\":\"{retry.Text("id")}\"")).Text("retry_of"));
    }

    [Fact]
    public async Task A_list_comes_in_pages_without_a_hole()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var specs = string.Join(',', Enumerable.Range(0, 25).Select(i => $"{{\"title\":\"t{i}\"}}"));
        await client.ResultAsync($"\"type\":\"task.create\",\"tasks\":[{specs}]");
        foreach (var ascending in new[] { "true", "false" })
        {
            var titles = new List<string?>();
            var cursor = "";
            do
            {
                var page = await client.ResultAsync($"\"type\":\"task.list\",\"limit\":10,\"ascending\":{ascending},\"states\":[\"pending\",\"blocked\"]{cursor}");
                titles.AddRange(page.GetProperty("tasks").EnumerateArray().Select(t => t.GetProperty("spec").Text("title")));
                cursor = page.TryGetProperty("cursor", out var next) && next.ValueKind == JsonValueKind.String ? $",\"cursor\":\"{next.GetString()}\"" : "";
            }
            while (cursor.Length > 0);
            var expected = Enumerable.Range(0, 25).Select(i => $"t{i}");
            Assert.Equal(ascending == "true" ? expected : expected.Reverse(), titles);
        }
    }

    [Fact]
    public async Task Agents_are_listed_shown_drained_and_removed()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var worker = await hub.WorkerAsync("w1", slots: 3);
        Assert.Equal(["w1"], (await client.ResultAsync("\"type\":\"agent.list\"")).GetProperty("agents").EnumerateArray().Select(a => a.Text("id")));
        Assert.Equal(7, (await worker.ResultAsync("\"type\":\"agent.credit\",\"slots\":7")).Number("slots"));
        Assert.Equal(ErrorCodes.InvalidRequest, await worker.ErrorAsync("\"type\":\"agent.credit\",\"slots\":-1"));
        Assert.Equal("draining", (await worker.ResultAsync("\"type\":\"agent.drain\"")).Text("status"));
        Assert.Equal("draining", (await client.ResultAsync("\"type\":\"agent.show\",\"agent\":\"w1\"")).Text("status"));

        Assert.Equal("online", (await client.ResultAsync("\"type\":\"agent.resume\",\"agent\":\"w1\"")).Text("status"));
        Assert.Equal("online", (await client.ResultAsync("\"type\":\"agent.resume\",\"agent\":\"w1\"")).Text("status"));

        await client.ResultAsync("\"type\":\"agent.remove\",\"agent\":\"w1\",\"reason\":\"enough\"");
        Assert.Equal(CloseCodes.AgentRemoved, (await worker.NextAsync("bye")).Number("code"));
        Assert.Equal(CloseCodes.AgentRemoved, (await worker.Closed).Code);
        Assert.Equal(ErrorCodes.NotFound, await client.ErrorAsync("\"type\":\"agent.show\",\"agent\":\"w1\""));
    }

    [Fact]
    public async Task Every_reply_says_how_far_the_log_stands_with_its_effect()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var before = Offset(client.Welcome);
        var created = await client.AskAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"a\"},{\"title\":\"b\"}]");
        Assert.True(Offset(created) >= before + 2);
        Assert.True(Offset(await client.AskAsync("\"type\":\"task.list\"")) >= Offset(created));

        static long Offset(JsonElement message) => Position.TryParse(message.Text("position"), out var position) ? position.Offset : -1;
    }
}
