using ModelContextProtocol.Client;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Server.Auth;
using Waggle.Server.Tests.Api;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Mcp;

/// <summary>The MCP endpoint of a task: what an agent at work may do, and what its token opens.</summary>
public sealed class TaskScopeTests
{
    [Fact]
    public async Task Sub_tasks_have_the_task_as_parent_and_nothing_else_is_reached()
    {
        await using var hub = await RestHub.StartAsync();
        var (root, other) = (await hub.CreateAsync("root"), await hub.CreateAsync("other"));
        await using var client = await McpHub.ConnectAsync(hub, $"/mcp/tasks/{root}");
        var child = await CreateAsync(client, "child");
        var grandchild = await CreateAsync(client, "grandchild", child);
        Assert.Equal(root, (string)(await McpHub.CallAsync(client, "task_get", new { task = child }))["parent"]!);
        Assert.Equal("root", (string)(await McpHub.CallAsync(client, "task_get", new { task = root }))["title"]!);
        var listed = (await McpHub.CallAsync(client, "task_list"))["tasks"]!.AsArray();
        Assert.Equal([child], listed.Select(t => (string)t!["task"]!));
        await McpHub.CallAsync(client, "task_cancel", new { task = grandchild });
        foreach (var (tool, arguments) in new (string, object)[]
        {
            ("task_get", new { task = other }), ("task_wait", new { task = other }), ("task_result", new { task = other }), ("task_cancel", new { task = other }),
            ("task_cancel", new { task = root }), ("task_create", new { title = "x", parent = other }), ("task_create", new { title = "x", swarm = "s" }),
            ("task_create", new { title = "x", depends_on = new[] { other } }), ("task_list", new { parent = other }), ("swarm_status", new { swarm = "s" }),
            ("memory_put", new { @namespace = "n", key = "k", value = 1, swarm = "s" }),
        })
        {
            var failed = await McpHub.FailAsync(client, tool, arguments);
            Assert.True(failed.Code == "FORBIDDEN", $"{tool}: {failed}");
            Assert.Contains(root, failed.Message, StringComparison.Ordinal);
        }

        (await hub.PostAsync($"/api/v1/tasks/{root}/cancel")).Is(200);
        var ended = await McpHub.FailAsync(client, "task_create", new { title = "late" });
        Assert.Equal("INVALID_STATE", ended.Code);
        Assert.Contains("Stop", ended.Next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Levels_and_numbers_count_from_the_task_by_whose_agent_the_first_was_created()
    {
        await using var hub = await RestHub.StartAsync();
        var root = await hub.CreateAsync("root");
        await using var client = await McpHub.ConnectAsync(hub, $"/mcp/tasks/{root}");
        var first = await CreateAsync(client, "1");
        var second = await CreateAsync(client, "2", first);
        var third = await CreateAsync(client, "3", second);
        Assert.Equal("FORBIDDEN", (await McpHub.FailAsync(client, "task_create", new { title = "4", parent = third })).Code);

        // The agent of a sub-task has an endpoint of its own.
        await using var below = await McpHub.ConnectAsync(hub, $"/mcp/tasks/{third}");
        var deep = await McpHub.FailAsync(below, "task_create", new { title = "4" });
        Assert.Equal("FORBIDDEN", deep.Code);
        Assert.Contains("3 levels", deep.Message, StringComparison.Ordinal);
        await using var middle = await McpHub.ConnectAsync(hub, $"/mcp/tasks/{second}");
        for (var i = 3; i < 100; i++) await CreateAsync(middle, $"{i}");
        var full = await McpHub.FailAsync(client, "task_create", new { title = "101" });
        Assert.Equal("QUOTA_EXCEEDED", full.Code);
        Assert.Equal("QUOTA_EXCEEDED", (await McpHub.FailAsync(middle, "task_create", new { title = "101" })).Code);
        Assert.Contains("yourself", full.Next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_of_an_agent_at_work_opens_the_endpoint_of_its_task_while_it_has_the_lease()
    {
        await using var hub = await RestHub.StartAsync(o => o with { Auth = new AuthOptions { Tokens = true } });
        string Token(string role) => new TokenMint(hub.Folder, create: true).Create(
            new TokenRequest(role) { Roles = [role], ExpiresIn = TimeSpan.FromHours(1) }, TimeProvider.System.GetUtcNow());
        var admin = ("Authorization", $"Bearer {Token("admin")}");
        var created = (await hub.PostAsync("/api/v1/tasks", """{"title":"root"}""", admin)).Text("id");
        var access = new TaskCompletionSource<McpAccess>(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var worker = await WaggleWorker.StartAsync(
            new WaggleWorkerOptions { Url = hub.Server.Url, Token = Token("worker"), AgentId = "a1", ConnectTimeout = Eventually.Patience },
            async (work, cancel) =>
            {
                access.TrySetResult(await work.GetMcpAccessAsync(cancel));
                await done.Task;
                return RawJson.Parse("1");
            });
        var given = await Eventually.Get(access.Task);
        Assert.Equal($"/mcp/tasks/{created}", given.Url.AbsolutePath);
        var other = (await hub.PostAsync("/api/v1/tasks", """{"title":"other"}""", admin)).Text("id");
        await using var client = await McpHub.ConnectAsync(hub, given.Url.AbsolutePath, given.Token);
        var child = await CreateAsync(client, "child");
        var shown = await McpHub.CallAsync(client, "task_get", new { task = child });
        Assert.Equal((created, "a1"), ((string)shown["parent"]!, (string)shown["created_by"]!));
        await McpHub.CallAsync(client, "memory_put", new { @namespace = "notes", key = "k", value = 1 });
        await McpHub.CallAsync(client, "swarm_status");

        // No agent answers the questions of tasks below its own.
        Assert.DoesNotContain("task_answer", (await client.ListToolsAsync()).Select(t => t.Name));

        // It opens nothing else.
        var task = ("Authorization", $"Bearer {given.Token}");
        (await hub.GetAsync("/api/v1/tasks", task)).IsProblem(401, "UNAUTHENTICATED");
        (await hub.PostAsync("/mcp", "{}", task)).IsProblem(401, "UNAUTHENTICATED");
        (await hub.PostAsync($"/mcp/tasks/{other}", "{}", task)).IsProblem(403, "FORBIDDEN");
        (await hub.PostAsync($"/mcp/tasks/{created}", "{}", ("Authorization", $"Bearer {given.Token}x"))).IsProblem(401, "UNAUTHENTICATED");
        (await hub.PostAsync($"/api/v1/leases/{created}/mcp", "", admin)).IsProblem(400, "INVALID_REQUEST");
        await Assert.ThrowsAsync<WaggleException>(() => WaggleClient.ConnectAsync(
            new WaggleClientOptions { Url = hub.Server.Url, Token = given.Token, ConnectTimeout = Eventually.Patience }));

        done.SetResult();
        await Eventually.Async(
            async () => (string)(await hub.GetAsync($"/api/v1/tasks/{created}", admin)).Body["state"]! == "completed", "the task is completed");
        Assert.Equal("INVALID_STATE", (await McpHub.FailAsync(client, "task_list")).Code);
    }

    private static async Task<string> CreateAsync(McpClient client, string title, string? parent = null) =>
        (string)(await McpHub.CallAsync(client, "task_create", new { title, parent }))["task"]!;
}
