using System.Text.Json;
using Waggle.Dialects.CloudAgents;
using Waggle.Dialects.OrchestratorHub;
using Waggle.Server.Tests.Compat;
using Waggle.Server.Tests.Compat.ClaudeFlow;
using Waggle.Server.Tests.Compat.ClaudeZen;
using Waggle.Server.Tests.SocketIO;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.ForeignText;

/// <summary>
/// Socket.IO and the dialects 002 and 004 with the whole corpus: no fault in the log (the hub of the test checks that), and the connection continues.
/// </summary>
public sealed class Foreign_dialects_read_foreign_text_alike
{
    [Fact]
    public async Task Names_and_payloads_of_events_over_SocketIO()
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await SioClient.JoinAsync(hub.Server.Url);
        foreach (var value in ForeignTexts.Strings)
        {
            await client.SendAsync($"42[{value.Sent},{value.Sent}]");
            Assert.Contains("\"code\":\"UNKNOWN_TYPE\"", await client.ReadAsync(), StringComparison.Ordinal);
        }

        foreach (var value in ForeignTexts.Values.Concat(ForeignTexts.TooDeep))
        {
            Assert.Contains("\"code\":\"UNKNOWN_TYPE\"", await client.AskAsync($"\"an event\",{value.Sent}"), StringComparison.Ordinal);
            Assert.StartsWith("[{\"error\":", await client.AskAsync($"\"swarm:create\",{value.Sent}"), StringComparison.Ordinal);
            Assert.StartsWith("[{\"error\":", await client.AskAsync($"\"subscribe\",{value.Sent}"), StringComparison.Ordinal);
            Assert.StartsWith("[{\"error\":", await client.AskAsync($"\"subscribe\",{{\"categories\":[\"tasks\"],\"filters\":[{value.Sent}]}}"), StringComparison.Ordinal);
        }

        Assert.Equal("[{\"subscribed\":[\"tasks\"]}]", await client.AskAsync("\"subscribe\",\"tasks\""));
    }

    [Fact]
    public async Task What_a_client_of_SocketIO_brings_as_auth()
    {
        await using var hub = await TestHub.StartAsync();
        foreach (var value in ForeignTexts.Values.Concat(ForeignTexts.TooDeep))
        {
            using var client = await SioClient.OpenAsync(hub.Server.Url);
            await client.SendAsync($"40{{\"token\":{value.Sent},\"pid\":{value.Sent},\"offset\":{value.Sent},\"more\":{value.Sent}}}");
            var answer = await client.ReadAsync();
            Assert.True(answer?.StartsWith("40{", StringComparison.Ordinal) == true || answer?.StartsWith("44{", StringComparison.Ordinal) == true, $"{value.Name}: {answer}");
        }
    }

    [Fact]
    public async Task Messages_and_requests_of_002()
    {
        await using var hub = await TestHub.StartAsync(o => o.With(OrchestratorHubDialect.Entry));
        var reader = await hub.ClientAsync();
        using var client = await RawClient.ConnectAsync(hub.Server.WebSocketOf(OrchestratorHubDialect.Entry));
        await client.NextAsync("tasks_update");
        foreach (var value in ForeignTexts.Values.Concat(ForeignTexts.TooDeep))
        {
            await client.SendAsync($$$"""{"action":{{{value.Sent}}},"payload":{{{value.Sent}}},"correlation_id":{{{value.Sent}}}}""");
            await client.SendAsync($$$"""{"action":"create_agent","payload":{"name":{{{value.Sent}}},"type":{{{value.Sent}}},"capabilities":[{{{value.Sent}}}]}}""");
            await client.SendAsync($$$"""{"action":"create_task","payload":{"description":"one","type":"x","parameters":[{{{value.Sent}}}],"priority":{{{value.Sent}}}}}""");
            await client.SendAsync("""{"action":"ping"}""");
            await client.NextAsync("pong");

            var (status, body) = await DialectHub.SendAsync(hub.Server.CompatUrls[OrchestratorHubDialect.Entry.Name], HttpMethod.Post, "/api/tasks", $$"""{"description":"{{value.Name}}","parameters":{{value.Sent}}}""");
            if (ForeignTexts.TooDeep.Contains(value))
            {
                Assert.Equal((value.Name, 400), (value.Name, (int)status));
                continue;
            }

            Assert.True((int)status is 200 or 201, $"{value.Name}: {(int)status} {body}");
            var shown = await reader.ResultAsync($"\"type\":\"task.show\",\"task\":\"{Find(body, "id", "task_id")}\"");
            Assert.Equal((value.Name, value.Read), (value.Name, shown.GetProperty("spec").GetProperty("input").GetRawText()));
        }
    }

    [Fact]
    public async Task Messages_of_004()
    {
        await using var hub = await TestHub.StartAsync(o => o.With(CloudAgentsDialect.Entry));
        using var client = await RawClient.ConnectAsync(hub.Server.WebSocketOf(CloudAgentsDialect.Entry, "token=ann"));
        await client.NextAsync("user_presence");
        foreach (var value in ForeignTexts.Values.Concat(ForeignTexts.TooDeep))
        {
            foreach (var frame in new[] { $$"""{"type":{{value.Sent}}}""", $$"""{"type":"user_presence","data":{{value.Sent}}}""", $"{ForeignTexts.ByteOrderMark}[{value.Sent}]" })
            {
                await client.SendAsync(frame);
                var problem = (await client.NextAsync("error")).GetProperty("data").Text("error")!;
                Assert.InRange(problem.Length, 10, 300);
            }

            await client.SendAsync(ForeignTexts.ByteOrderMark + """{"type":"ping"}""");
            await client.NextAsync("pong");
        }
    }

    [Fact]
    public async Task Messages_and_requests_of_000()
    {
        await using var hub = await TestHub.StartAsync();
        var reader = await hub.ClientAsync();
        using var client = await hub.Server.ZenAsync();
        using var console = await hub.Server.ZenAsync();
        foreach (var (value, i) in ForeignTexts.Values.Concat(ForeignTexts.TooDeep).Select((v, i) => (v, i)))
        {
            await client.SendAsync($$"""{"id":{{value.Sent}},"type":{{value.Sent}},"data":{{value.Sent}}}""");
            await client.SendAsync($$$$"""{"type":"subscribe","data":{"channels":[{{{{value.Sent}}}}],"filters":{"swarmId":{{{{value.Sent}}}}}}}""");
            await client.SendAsync($$$"""{"id":"x","type":"request","data":{"action":{{{value.Sent}}},"swarmId":{{{value.Sent}}}}}""");
            await console.SendAsync($$"""{"jsonrpc":"2.0","method":{{value.Sent}},"params":{{value.Sent}}}""");
            await client.SendAsync($"{ForeignTexts.ByteOrderMark}[{value.Sent}]");
            await client.SendAsync($$$"""{"id":"y","type":"request","data":{"action":"memory_store","key":"k{{{i}}}","value":{{{value.Sent}}}}}""");
            Assert.True((await client.ZenAskAsync("""{"action":"system.capabilities"}""")).GetProperty("success").GetBoolean());
            if (ForeignTexts.TooDeep.Contains(value)) continue;
            Assert.True((await client.ZenAskAsync($$$"""{"action":"memory_store","key":"k{{{i}}}","value":{{{value.Sent}}}}""")).GetProperty("success").GetBoolean(), value.Name);
            var shown = await reader.ResultAsync($"\"type\":\"memory.get\",\"namespace\":\"default\",\"key\":\"k{i}\"");
            Assert.Equal((value.Name, value.Read), (value.Name, shown.GetProperty("value").GetRawText()));
        }

        await console.SendAsync("""{"jsonrpc":"2.0","id":7,"method":"ping"}""");
        while (!(await console.NextAsync()).TryGetProperty("result", out _))
        {
        }
    }

    [Fact]
    public async Task Messages_of_003()
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await FlowClient.ConnectAsync(hub.Server);
        foreach (var value in ForeignTexts.Values.Concat(ForeignTexts.TooDeep))
        {
            await client.Raw.SendAsync($$"""{"id":{{value.Sent}},"type":{{value.Sent}},"version":{{value.Sent}},"timestamp":{{value.Sent}}}""");
            Assert.InRange((await client.Raw.NextAsync("error")).Text("message")!.Length, 10, 400);
            await client.Raw.SendAsync($$"""{"id":"s","type":"subscribe","version":"1.0.0","timestamp":1,"topics":[{{value.Sent}}]}""");
            await client.Raw.SendAsync($$$"""{"id":"r","type":"publish","version":"1.0.0","timestamp":1,"topic":"agent.a1.status","data":{"status":{{{value.Sent}}}}}""");
            await client.Raw.SendAsync($$"""{"id":"p","type":"publish","version":"1.0.0","timestamp":1,"topic":"x.y","data":{{value.Sent}}}""");
            Assert.True((await client.AskAsync("\"type\":\"ping\"")).Is("pong"), value.Name);
        }
    }

    private static string? Find(JsonElement body, params string[] names)
    {
        foreach (var name in names)
        {
            if (body.TryGetProperty(name, out var found) || (body.TryGetProperty("task", out var task) && task.TryGetProperty(name, out found))) return found.GetString();
        }

        return null;
    }
}
