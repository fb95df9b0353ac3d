using Waggle.Protocol.Json;

namespace Waggle.Server.Tests.Mcp;

/// <summary>The tools of MCP over HTTP, with the client of the library and real workers.</summary>
public sealed class McpEndpointsTests
{
    [Fact]
    public async Task A_task_is_created_waited_for_and_shown()
    {
        await using var mcp = await McpHub.StartAsync();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var worker = await mcp.WorkAsync("a1", async (work, _) =>
        {
            Assert.Equal("""{"prompt":"a haiku on bees"}""", work.Input.ToString());
            await go.Task;
            return RawJson.Parse("\"bees hum\"");
        });
        var created = await mcp.CallAsync("task_create", new { title = "A haiku", prompt = "a haiku on bees" });
        var task = (string)created["task"]!;
        var waited = await mcp.CallAsync("task_wait", new { task, timeout_seconds = 0 });
        Assert.False((bool)waited["done"]!);
        Assert.Equal("Call task_wait with this task.", (string)waited["next"]!);
        var waiting = mcp.CallAsync("task_wait", new { task });
        go.SetResult();
        waited = await waiting;
        Assert.True((bool)waited["done"]!);
        Assert.Equal(("completed", "Call task_result with this task."), ((string)waited["state"]!, (string)waited["next"]!));
        var shown = await mcp.CallAsync("task_get", new { task });
        Assert.Equal(("A haiku", "a haiku on bees"), ((string)shown["title"]!, (string)shown["input"]!["prompt"]!));
        Assert.Equal("a1", (string)shown["attempts"]![0]!["agent"]!);
    }
}
