using Waggle.Server.Auth;
using Waggle.Server.Tests.Api;

namespace Waggle.Server.Tests.Mcp;

/// <summary>Who is admitted to <c>/mcp</c>: Host, Origin, token and its permissions, as everywhere else.</summary>
public sealed class McpAccessTests
{
    private const string List = """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""";

    [Fact]
    public async Task A_foreign_page_and_a_rebound_name_are_refused()
    {
        await using var hub = await RestHub.StartAsync();
        (await hub.PostAsync("/mcp", List, ("Origin", "https://evil.example"))).IsProblem(403, "FORBIDDEN_ORIGIN");
        (await hub.PostAsync("/mcp/tasks/t1", List, ("Origin", "https://evil.example"))).IsProblem(403, "FORBIDDEN_ORIGIN");
        (await hub.PostAsync("/mcp", List, ("Host", "evil.example"))).IsProblem(403, "FORBIDDEN_HOST");
        (await hub.SendAsync(HttpMethod.Put, "/mcp", List)).Is(405);
    }

    [Fact]
    public async Task A_token_is_required_and_its_missing_permission_is_named()
    {
        await using var hub = await RestHub.StartAsync(o => o with { Auth = new AuthOptions { Tokens = true } });
        var now = TimeProvider.System.GetUtcNow();
        string Token(string permission, TimeSpan ago) => new TokenMint(hub.Folder, create: true).Create(
            new TokenRequest("ann") { Permissions = [permission], ExpiresIn = TimeSpan.FromHours(1) }, now - ago);
        (await hub.PostAsync("/mcp", List)).IsProblem(401, "UNAUTHENTICATED");
        (await hub.PostAsync("/mcp", List, ("Authorization", $"Bearer {Token("write:tasks", TimeSpan.FromHours(2))}"))).IsProblem(401, "UNAUTHENTICATED");
        await using var client = await McpHub.ConnectAsync(hub, token: Token("read:tasks", TimeSpan.Zero));
        Assert.Empty((await McpHub.CallAsync(client, "task_list"))["tasks"]!.AsArray());
        foreach (var (tool, arguments, permission) in new (string, object, string)[]
        {
            ("task_create", new { title = "x" }, "write:tasks"), ("task_cancel", new { task = "t1" }, "write:tasks"),
            ("task_answer", new { question = "q1", answer = 1 }, "write:questions"), ("memory_search", new { query = "x" }, "read:memory"),
            ("memory_put", new { @namespace = "n", key = "k", value = 1 }, "write:memory"), ("swarm_status", new { }, "read:swarms"),
        })
        {
            var failed = await McpHub.FailAsync(client, tool, arguments);
            Assert.True(failed.Code == "FORBIDDEN", $"{tool}: {failed}");
            Assert.Contains(permission, failed.Message, StringComparison.Ordinal);
            Assert.Contains("operator", failed.Next, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Text_that_no_reader_decodes_is_an_error_of_the_caller()
    {
        await using var hub = await RestHub.StartAsync();
        const string call = """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"task_create","arguments":{"title":"\ud83d"}}}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = new StringContent(call, System.Text.Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        using var response = await hub.Http.SendAsync(request);
        Assert.Contains("task", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("\uFFFD", (string)(await hub.GetAsync("/api/v1/tasks")).Body["tasks"]![0]!["spec"]!["title"]!);
    }
}
