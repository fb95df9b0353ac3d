using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Waggle.TestKit;

namespace Waggle.Tests.Cli;

/// <summary>A task has one form over every API.</summary>
public sealed class TaskShapeTests(HubFixture hub)
{
    [Fact]
    public async Task The_command_line_REST_and_the_protocol_print_the_same_task()
    {
        var task = (await hub.ShellAsync("echo '{\"words\":5}'", s => s with { Title = "Of one form" })).Id;
        var shown = Json((await hub.RunAsync("task", "show", task, "--json")).Output);
        using var http = new HttpClient { BaseAddress = new Uri(await hub.UrlAsync()) };
        Assert.True(JsonNode.DeepEquals(shown, Json(await http.GetStringAsync(new Uri($"/api/v1/tasks/{task}", UriKind.Relative)))));
        Assert.True(JsonNode.DeepEquals(shown, await AskAsync($$"""{"type":"task.show","id":"1","task":"{{task}}"}""")));

        var listed = Json((await hub.RunAsync("task", "list", "--swarm", "shell", "--all", "--json")).Output)!["tasks"]!.AsArray().Single(t => (string)t!["id"]! == task);
        var page = Json(await http.GetStringAsync(new Uri("/api/v1/tasks?swarm=shell&limit=1000", UriKind.Relative)))!["tasks"]!.AsArray().Single(t => (string)t!["id"]! == task);
        Assert.True(JsonNode.DeepEquals(listed, page));
        Assert.All(listed!.AsObject(), field => Assert.True(JsonNode.DeepEquals(field.Value, shown![field.Key]), field.Key));
    }

    [Fact]
    public async Task What_creates_one_answers_in_one_form()
    {
        var swarm = await hub.NewSwarmAsync();
        var made = Json((await hub.RunAsync("task", "create", "From here", "--swarm", swarm, "--json")).Output)!.AsObject();
        using var http = new HttpClient { BaseAddress = new Uri(await hub.UrlAsync()) };
        var answer = await http.PostAsJsonAsync(new Uri("/api/v1/tasks", UriKind.Relative), new { title = "From there", swarm });
        var posted = Json(await answer.Content.ReadAsStringAsync())!.AsObject();
        Assert.Superset(new HashSet<string> { "duplicate", "id", "matching_agents", "state" }, made.Select(f => f.Key).ToHashSet());
        Assert.Equal(posted.Select(f => f.Key), made.Select(f => f.Key));
        await hub.RunAsync("task", "cancel", (string)made["id"]!);
        var retried = Json((await hub.RunAsync("task", "retry", (string)made["id"]!, "--json")).Output)!.AsObject();
        Assert.Equal(posted.Select(f => f.Key), retried.Select(f => f.Key));
    }

    [Fact]
    public async Task Lists_say_how_old_things_are_and_how_long_they_ran()
    {
        var task = (await hub.ShellAsync("true", s => s with { Title = "Of some age" })).Id;
        var rows = (await hub.RunAsync("task", "list", "--swarm", "shell", "--all")).Output.Split('\n');
        var row = rows.Single(r => r.StartsWith(task + " ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["ID", "STATE", "AGE", "RAN"], rows[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[..4]);
        Assert.Matches("^[0-9]+[smhd]$", row[2]);
        Assert.Matches("^([0-9]+[smhd]|-)$", row[3]);
        Assert.Matches("  AGE +SEEN", (await hub.RunAsync("agent", "list")).Output.Split('\n')[0]);
        Assert.Matches("  AGE *$", (await hub.RunAsync("swarm", "list")).Output.Split('\n')[0]);
    }

    [Fact]
    public async Task A_held_task_says_how_long_its_agent_needs_for_tasks_of_its_type()
    {
        for (var i = 0; i < 5; i++) await hub.ShellAsync("true", s => s with { Type = "timed" });
        var task = await hub.BeginShellAsync("exec sleep 600", s => s with { Type = "timed" });
        var shown = "";
        await Eventually.Async(async () => (shown = (await hub.RunAsync("task", "show", task)).Output).Contains("assigned to", StringComparison.Ordinal));
        await hub.RunAsync("task", "cancel", task);
        Assert.Matches("estimate: +[0-9.]+ m?s, 9 of 10 within [0-9.]+ m?s \\(the last 5 of this agent and type\\)", shown);
        Assert.DoesNotContain("estimate", (await hub.RunAsync("task", "show", task)).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-5, "0s")]
    [InlineData(90, "90s")]
    [InlineData(600, "10m")]
    [InlineData(90_000, "25h")]
    [InlineData(900_000, "10d")]
    public void An_age_fits_into_a_column(int seconds, string text) => Assert.Equal(text, Waggle.Shared.Durations.Short(TimeSpan.FromSeconds(seconds)));

    private static JsonNode? Json(string text) => JsonNode.Parse(text);

    private async Task<JsonNode?> AskAsync(string request)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("waggle.v1");
        await socket.ConnectAsync(new Uri((await hub.UrlAsync()).Replace("http", "ws", StringComparison.Ordinal) + "/ws/waggle"), patience.Token);
        await socket.SendAsync(Encoding.UTF8.GetBytes("""{"type":"hello","protocols":["waggle.v1"]}"""), WebSocketMessageType.Text, true, patience.Token);
        await socket.SendAsync(Encoding.UTF8.GetBytes(request), WebSocketMessageType.Text, true, patience.Token);
        var buffer = new byte[1 << 20];
        while (true)
        {
            var length = 0;
            WebSocketReceiveResult got;
            do
            {
                got = await socket.ReceiveAsync(new ArraySegment<byte>(buffer, length, buffer.Length - length), patience.Token);
                length += got.Count;
            }
            while (!got.EndOfMessage);
            var frame = JsonNode.Parse(buffer.AsSpan(0, length));
            foreach (var message in frame is JsonArray many ? many.ToArray() : [frame])
            {
                if ((string?)message!["type"] == "reply") return message["result"]?.DeepClone();
            }
        }
    }
}
