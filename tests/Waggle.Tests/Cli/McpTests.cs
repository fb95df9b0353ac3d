using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Waggle.TestKit;

namespace Waggle.Tests.Cli;

/// <summary><c>waggle mcp</c> as a process of an MCP client, against a hub of its own process.</summary>
public sealed class McpTests(HubFixture hub)
{
    [Fact]
    public async Task A_client_over_standard_input_creates_a_task_and_reads_its_result()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var worker = CliProcess.Start(await hub.UrlAsync(), ["worker", "--exec", "printf %s \"$WAGGLE_TASK_PROMPT\" | wc -w", "--swarm", swarm]);
        await using var client = await StartAsync(await hub.UrlAsync());
        Assert.Equal(10, (await client.ListToolsAsync()).Count);
        var task = (string)(await CallAsync(client, "task_create", new() { ["title"] = "Count", ["prompt"] = "to be or not", ["swarm"] = swarm }))["task"]!;
        JsonObject waited;
        do waited = await CallAsync(client, "task_wait", new() { ["task"] = task });
        while (!(bool)waited["done"]!);
        Assert.Equal("completed", (string)waited["state"]!);
        Assert.Equal("4", ((string)(await CallAsync(client, "task_result", new() { ["task"] = task }))["text"]!).Trim());
        var unknown = await Assert.ThrowsAsync<McpProtocolException>(() => SendAsync(client, "task_delete", []));
        Assert.Contains("task_create", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limited_to_a_task_it_creates_sub_tasks_of_it_alone()
    {
        var swarm = await hub.NewSwarmAsync();
        var root = (await hub.RunAsync("task", "create", "root", "--swarm", swarm, "--json")).Json.GetProperty("id").GetString()!;
        var other = (await hub.RunAsync("task", "create", "other", "--swarm", swarm, "--json")).Json.GetProperty("id").GetString()!;
        await using var client = await StartAsync(await hub.UrlAsync(), "--task", root);
        var child = (string)(await CallAsync(client, "task_create", new() { ["title"] = "child" }))["task"]!;
        var shown = await CallAsync(client, "task_get", new() { ["task"] = child });
        Assert.Equal((root, swarm), ((string)shown["parent"]!, (string)shown["swarm"]!));
        var (refused, isError) = await SendAsync(client, "task_get", new() { ["task"] = other });
        Assert.Equal((true, "FORBIDDEN"), (isError, (string)refused["error"]!["code"]!));
    }

    [Fact]
    public async Task It_starts_without_a_hub_and_says_what_to_do()
    {
        await using var client = await StartAsync("http://127.0.0.1:9");
        var (answer, isError) = await SendAsync(client, "task_list", []);
        Assert.True(isError);
        Assert.Equal("UNREACHABLE", (string)answer["error"]!["code"]!);
        Assert.Contains("waggle serve", (string)answer["next"]!, StringComparison.Ordinal);
        var failed = await Assert.ThrowsAsync<McpProtocolException>(async () => await client.ListToolsAsync());
        Assert.Contains("waggle serve", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_prints_the_configuration_of_a_client_without_the_token()
    {
        var printed = await hub.RunAsync("mcp", "--config", "--task", "t1", "--token", "secret");
        var server = printed.Json.GetProperty("mcpServers").GetProperty("waggle");
        Assert.Equal("waggle", server.GetProperty("command").GetString());
        Assert.Equal(["mcp", "--url", $"{await hub.UrlAsync()}/", "--task", "t1"], server.GetProperty("args").EnumerateArray().Select(a => a.GetString()));
        Assert.DoesNotContain("secret", printed.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await hub.RunAsync("mcp", "--task", "not an id")).ExitCode);
    }

    private static async Task<McpClient> StartAsync(string url, params string[] more)
    {
        var options = new StdioClientTransportOptions
        {
            Command = "dotnet",
            Arguments = [Path.Combine(AppContext.BaseDirectory, "waggle.dll"), "mcp", "--url", url, .. more],
            EnvironmentVariables = new Dictionary<string, string?> { ["XDG_CONFIG_HOME"] = "/nowhere", ["WAGGLE_TOKEN"] = null },
        };
        return await McpClient.CreateAsync(new StdioClientTransport(options)).WaitAsync(Eventually.Patience);
    }

    private static async Task<JsonObject> CallAsync(McpClient client, string tool, Dictionary<string, object?> arguments)
    {
        var (answer, isError) = await SendAsync(client, tool, arguments);
        Assert.False(isError, answer.ToJsonString());
        return answer;
    }

    private static async Task<(JsonObject Answer, bool IsError)> SendAsync(McpClient client, string tool, Dictionary<string, object?> arguments)
    {
        var result = await client.CallToolAsync(tool, arguments).AsTask().WaitAsync(Eventually.Patience);
        return (JsonNode.Parse(Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text)!.AsObject(), result.IsError == true);
    }
}
