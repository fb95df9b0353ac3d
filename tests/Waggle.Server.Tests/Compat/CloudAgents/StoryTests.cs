using System.Net.Http.Json;
using Waggle.Server.Tests.Auth;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Compat.CloudAgents;

/// <summary>The actions of agents, people and code, as a client of this dialect receives them.</summary>
public sealed class StoryTests : IAsyncLifetime
{
    private TestHub _hub = null!;

    private WaggleServer Server => _hub.Server;

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task A_task_from_its_start_to_its_end()
    {
        using var client = await Server.HereAsync("ann");
        var native = await _hub.ClientAsync();
        var worker = await _hub.WorkerAsync("a1", more: ",\"name\":\"CLOUD_ASSISTANT\"");
        Assert.Equal("""{"agentName":"CLOUD_ASSISTANT","state":"idle"}""", await AgentAsync(client));

        await native.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"Processing webhook event\"}]");
        var lease = (await worker.NextAsync("assign")).Lease();
        await worker.ResultAsync($"\"type\":\"task.start\",{lease}");
        Assert.Equal("""{"agentName":"CLOUD_ASSISTANT","state":"working","currentTask":"Processing webhook event","progress":0}""", await AgentAsync(client));
        await worker.ResultAsync($"\"type\":\"task.progress\",{lease},\"progress\":0.45");
        Assert.Equal("""{"agentName":"CLOUD_ASSISTANT","state":"working","currentTask":"Processing webhook event","progress":45}""", await AgentAsync(client));
        await worker.ResultAsync($"\"type\":\"task.progress\",{lease},\"progress\":0.6667");
        Assert.Contains("\"progress\":66.7}", await AgentAsync(client), StringComparison.Ordinal);
        await worker.ResultAsync($"\"type\":\"task.complete\",{lease},\"result\":1");

        Assert.Equal("""{"agentName":"CLOUD_ASSISTANT","state":"idle"}""", await AgentAsync(client));
        Assert.Equal(("success", "Task 'Processing webhook event' completed."), await NotificationAsync(client));
        await client.NothingMoreAsync();
    }

    [Fact]
    public async Task A_task_that_fails_is_an_error_and_its_agent_is_ready_again()
    {
        var native = await _hub.ClientAsync();
        var worker = await _hub.WorkerAsync("a1", slots: 2);
        using var client = await Server.HereAsync("ann");
        await native.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"one\"},{\"title\":\"two\"}]");
        var (one, two) = ((await worker.NextAsync("assign")).Lease(), (await worker.NextAsync("assign")).Lease());
        await worker.ResultAsync($"\"type\":\"task.start\",{one}");
        Assert.Equal("""{"agentName":"a1","state":"working","currentTask":"one","progress":0}""", await AgentAsync(client));
        await worker.ResultAsync($"\"type\":\"task.fail\",{one},\"error\":{{\"code\":\"BOOM\",\"message\":\"It broke\"}},\"retryable\":false");

        // It has another one still.
        Assert.Equal("""{"agentName":"a1","state":"working"}""", await AgentAsync(client));
        Assert.Equal(("error", "Task 'one' failed: It broke"), await NotificationAsync(client));
        await worker.ResultAsync($"\"type\":\"task.release\",{two}");
        Assert.Equal("""{"agentName":"a1","state":"idle"}""", await AgentAsync(client));
    }

    [Fact]
    public async Task Who_comes_is_told_how_the_agents_are()
    {
        var native = await _hub.ClientAsync();
        var worker = await _hub.WorkerAsync("a1");
        await _hub.WorkerAsync("a2", slots: 0);
        await native.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"one\"}]");
        await worker.NextAsync("assign");
        using var client = await Server.CloudAsync("ann");

        Assert.Equal("""{"agentName":"a1","state":"working"}""", await AgentAsync(client));
        Assert.Equal("""{"agentName":"a2","state":"idle"}""", await AgentAsync(client));
        await native.ResultAsync("\"type\":\"agent.remove\",\"agent\":\"a2\"");
        Assert.Equal("""{"agentName":"a2","state":"stopped"}""", await AgentAsync(client));
    }

    [Fact]
    public async Task Chat_comes_as_it_is_said_and_a_private_conversation_to_its_own_people_alone()
    {
        using var ann = await Server.HereAsync("ann");
        using var bob = await Server.HereAsync("bob");
        using var http = Http();
        await PostAsync(http, "conversations", new { id = "conv-123" });
        await PostAsync(http, "conversations", new { id = "secret", participants = new[] { "user_ann" } });
        await PostAsync(http, "conversations/secret/messages", new { content = "psst" });
        await PostAsync(http, "conversations/conv-123/messages", new { content = "Analysis complete!" });

        Assert.Equal("psst", (await ann.DataAsync("chat_message")).Text("content"));
        var said = await ann.DataAsync("chat_message");
        Assert.Equal(["conversationId", "messageId", "content", "sender", "timestamp"], said.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("conv-123", "Analysis complete!", "127.0.0.1"), (said.Text("conversationId"), said.Text("content"), said.Text("sender")));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", said.Text("timestamp"));
        Assert.Equal("Analysis complete!", (await bob.DataAsync("chat_message")).Text("content"));
    }

    [Fact]
    public async Task A_notification_for_one_reaches_all_connections_of_that_one_and_nobody_else()
    {
        using var first = await Server.HereAsync("ann");
        using var second = await Server.HereAsync("ann");
        using var bob = await Server.HereAsync("bob");
        using var http = Http();
        await PostAsync(http, "notifications", new { level = "error", message = "Task failed", to = "user_ann" });
        await PostAsync(http, "notifications", new { level = "success", message = "All tests passed!" });

        foreach (var client in new[] { first, second })
        {
            Assert.Equal("""{"level":"error","message":"Task failed"}""", (await client.DataAsync("notification")).GetRawText());
            Assert.Equal("""{"level":"success","message":"All tests passed!"}""", (await client.DataAsync("notification")).GetRawText());
        }

        Assert.Equal("All tests passed!", (await bob.DataAsync("notification")).Text("message"));
    }

    [Fact]
    public async Task What_was_sent_while_a_user_was_away_comes_behind_the_welcome_and_once()
    {
        using var http = Http();
        await PostAsync(http, "notifications", new { level = "info", message = "one" });
        await PostAsync(http, "notifications", new { level = "warning", message = "two", to = "user_ann" });
        await PostAsync(http, "notifications", new { level = "error", message = "not yours", to = "user_bob" });
        using (var ann = await Server.CloudAsync("ann"))
        {
            Assert.Equal("one", (await ann.DataAsync("notification")).Text("message"));
            Assert.Equal("""{"level":"warning","message":"two"}""", (await ann.DataAsync("notification")).GetRawText());
            await PostAsync(http, "notifications", new { level = "info", message = "live" });
            Assert.Equal("live", (await ann.DataAsync("notification")).Text("message"));
            await ann.CloseAsync();
        }

        await GoneAsync();
        await PostAsync(http, "notifications", new { level = "info", message = "after" });
        await _hub.RestartAsync();

        using var again = await Server.CloudAsync("ann");
        Assert.Equal("after", (await again.DataAsync("notification")).Text("message"));
        await again.DataAsync("user_presence");
        await again.NothingMoreAsync();
    }

    [Fact]
    public async Task However_many_were_sent_all_come_in_their_order()
    {
        await SendAsync(2500, "");
        using (var ann = await Server.CloudAsync("ann"))
        {
            for (var i = 0; i < 2500; i++) Assert.Equal($"{i} ", (await ann.DataAsync("notification")).Text("message"));
            await ann.DataAsync("user_presence");
            await ann.NothingMoreAsync();
            await ann.CloseAsync();
        }

        await GoneAsync();
        using var again = await Server.CloudAsync("ann");
        await again.DataAsync("user_presence");
        await again.NothingMoreAsync();
    }

    [Fact]
    public async Task What_is_too_much_for_one_connection_is_said_and_comes_with_the_next()
    {
        await SendAsync(5000, new string('x', 1000));
        var heard = new List<int>();
        for (var connections = 1; heard.Count < 5000; connections++)
        {
            Assert.True(connections <= 2, "Two are enough.");
            using var ann = await Server.CloudAsync("ann");
            while ((await ann.NextAsync()) is var message && message.Is("notification") && message.GetProperty("data").Text("message") is { } text)
            {
                if (text.StartsWith("There are more", StringComparison.Ordinal)) Assert.InRange(heard.Count, 1000, 4999);
                else heard.Add(int.Parse(text.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
            }

            await ann.CloseAsync();
            await GoneAsync();
        }

        Assert.Equal(Enumerable.Range(0, 5000), heard);
    }

    private async Task SendAsync(int count, string rest)
    {
        var native = await _hub.ClientAsync();
        foreach (var some in Enumerable.Range(0, count).Chunk(250))
            await native.SendAsync($"[{string.Join(',', some.Select(i => $"{{\"type\":\"notification.send\",\"level\":\"info\",\"message\":\"{i} {rest}\"}}"))}]");
        await native.EchoAsync();
    }

    private async Task GoneAsync()
    {
        using var http = Http();
        await Eventually.Async(async () => (await http.GetStringAsync("presence")).Contains("\"connections\":0", StringComparison.Ordinal), "ann to be gone");
    }

    [Fact]
    public async Task Who_left_without_a_word_is_told_again_what_was_not_surely_heard()
    {
        using var http = Http();
        await PostAsync(http, "notifications", new { level = "info", message = "one" });
        using (var ann = await Server.CloudAsync("ann"))
        {
            Assert.Equal("one", (await ann.DataAsync("notification")).Text("message"));
            ann.Abort();
        }

        await GoneAsync();
        using var again = await Server.CloudAsync("ann");
        Assert.Equal("one", (await again.DataAsync("notification")).Text("message"));
    }

    [Fact]
    public async Task A_user_of_one_swarm_hears_of_that_swarm()
    {
        await using var hub = await AuthHub.StartAsync();
        var root = await hub.ClientAsync(hub.Admin);
        await root.ResultAsync("\"type\":\"swarm.create\",\"name\":\"Ours\",\"swarm\":\"ours\"");
        using var ann = await hub.Server.CloudAsync(hub.Token("ann", ["observer"], swarms: ["ours"]));
        await root.ResultAsync("\"type\":\"notification.send\",\"level\":\"info\",\"message\":\"whole hive\"");
        await root.ResultAsync("\"type\":\"notification.send\",\"level\":\"info\",\"message\":\"ours\",\"swarm\":\"ours\"");
        await root.ResultAsync("\"type\":\"notification.send\",\"level\":\"info\",\"message\":\"mine\",\"to\":\"ann\"");

        Assert.Equal("ours", (await ann.DataAsync("notification")).Text("message"));
        Assert.Equal("mine", (await ann.DataAsync("notification")).Text("message"));
    }

    [Fact]
    public async Task Code_in_the_same_process_counts_clients_and_users()
    {
        using var anonymous = await Server.CloudAsync(null);
        using var ann = await Server.HereAsync("ann");
        using var again = await Server.HereAsync("ann");
        var native = await _hub.ClientAsync();
        await native.EchoAsync();

        var counts = Server.Count();
        Assert.Equal((4, 2, 3), (counts.Clients, counts.Users, counts.BySoftware["cloud-agents"]));
        using var http = Http();
        Assert.Contains("\"user\":\"user_ann\"", await http.GetStringAsync("connections"), StringComparison.Ordinal);
    }

    private static async Task<string> AgentAsync(RawClient client) => (await client.DataAsync("agent_status")).GetRawText();

    private static async Task<(string?, string?)> NotificationAsync(RawClient client)
    {
        var data = await client.DataAsync("notification");
        return (data.Text("level"), data.Text("message"));
    }

    private static async Task PostAsync(HttpClient http, string path, object body)
    {
        using var response = await http.PostAsJsonAsync(path, body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    // A restart takes another port.
    private HttpClient Http() => new(new ToCurrent(() => Server.Url)) { BaseAddress = new Uri("http://hub/api/v1/") };

    private sealed class ToCurrent(Func<Uri> hub) : DelegatingHandler(new HttpClientHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(hub(), request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
