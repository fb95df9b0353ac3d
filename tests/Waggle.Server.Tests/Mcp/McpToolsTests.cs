using System.Text;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Mcp;

/// <summary>Each tool on the hub that it is for, with good and with wrong arguments.</summary>
public sealed class McpToolsTests : IAsyncLifetime
{
    private McpHub _mcp = null!;

    public async ValueTask InitializeAsync() => _mcp = await McpHub.StartAsync();

    public ValueTask DisposeAsync() => _mcp.DisposeAsync();

    [Fact]
    public async Task The_list_of_tools_is_at_most_8_kB()
    {
        using var http = new HttpClient { BaseAddress = _mcp.Hub.Server.Url };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        using var response = await http.SendAsync(request).WaitAsync(Eventually.Patience);
        var body = await response.Content.ReadAsStringAsync();
        Assert.InRange(Encoding.UTF8.GetByteCount(body), 1000, 8 * 1024);
        var tools = await _mcp.Client.ListToolsAsync();
        string[] expected =
        [
            "memory_put", "memory_search", "swarm_status", "task_answer", "task_cancel", "task_create", "task_get", "task_list", "task_result", "task_wait",
        ];
        Assert.Equal(expected, tools.Select(t => t.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_list_of_tasks_goes_on_with_its_cursor_and_with_no_other()
    {
        for (var i = 0; i < 45; i++) await _mcp.CallAsync("task_create", new { title = $"{new string('\u0001', 200)}{i}" });
        var seen = new List<string>();
        JsonObject page;
        string? cursor = null;
        do
        {
            page = await _mcp.CallAsync("task_list", new { limit = 50, cursor });
            seen.AddRange(page["tasks"]!.AsArray().Select(t => (string)t!["task"]!));
            cursor = (string?)page["cursor"] ?? "";
        }
        while (cursor.Length > 0 && seen.Count <= 45);
        Assert.Equal(45, seen.Distinct().Count());
        Assert.Equal(45, seen.Count);

        cursor = (string)(await _mcp.CallAsync("task_list", new { limit = 10 }))["cursor"]!;
        var (code, message, next) = await _mcp.FailAsync("task_list", new { limit = 10, cursor, swarm = "default" });
        Assert.Equal("INVALID_REQUEST", code);
        Assert.Contains("not one of this list", message, StringComparison.Ordinal);
        Assert.Contains("leave cursor out", next, StringComparison.Ordinal);
        Assert.Equal("INVALID_REQUEST", (await _mcp.FailAsync("swarm_status", new { cursor })).Code);
        Assert.Equal("INVALID_REQUEST", (await _mcp.FailAsync("task_list", new { cursor = $"{cursor}x" })).Code);
    }

    [Theory]
    [InlineData("\"{0}\"", "text")]
    [InlineData("{{\"text\":\"{0}\"}}", "application/json")]
    public async Task A_long_result_is_read_in_pieces(string form, string type)
    {
        var text = string.Concat(Enumerable.Range(0, 4000).Select(i => $"zeile {i} \u00e4\U0001f41d "));
        var result = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, text);
        await using var worker = await _mcp.WorkAsync("a1", (_, _) => new(RawJson.Parse(result)));
        var task = (string)(await _mcp.CallAsync("task_create", new { title = "long" }))["task"]!;
        await _mcp.CallAsync("task_wait", new { task });
        var read = new StringBuilder();
        string? cursor = null;
        do
        {
            var piece = await _mcp.CallAsync("task_result", new { task, cursor });
            Assert.Equal(type, (string)piece["type"]!);
            read.Append((string)piece["text"]!);
            cursor = (string?)piece["cursor"];
        }
        while (cursor is not null);
        Assert.Equal(type == "text" ? text : result, read.ToString());
    }

    [Fact]
    public async Task A_question_is_shown_answered_once_and_then_closed()
    {
        await using var worker = await _mcp.WorkAsync("a1", async (work, cancel) =>
            (await work.AskAsync(new QuestionSpec { Text = "Which city?", Choices = ["Rome", "Oslo"], Hold = true }, cancel: cancel)).Answer);
        var task = (string)(await _mcp.CallAsync("task_create", new { title = "ask" }))["task"]!;
        var waited = await _mcp.CallAsync("task_wait", new { task });
        Assert.Equal((false, "input_required"), ((bool)waited["done"]!, (string)waited["state"]!));
        var shown = (await _mcp.CallAsync("task_get", new { task }))["question"]!;
        Assert.Equal(("Which city?", "Oslo"), ((string)shown["text"]!, (string)shown["choices"]![1]!));
        var question = (string)shown["question"]!;
        Assert.Equal(question, (string)(await _mcp.CallAsync("task_list", new { state = new[] { "input_required" } }))["tasks"]![0]!["question"]!);
        Assert.Equal("INVALID_REQUEST", (await _mcp.FailAsync("task_answer", new { question, answer = "Paris" })).Code);
        Assert.Equal("INVALID_REQUEST", (await _mcp.FailAsync("task_answer", new { question })).Code);
        Assert.Equal("answered", (string)(await _mcp.CallAsync("task_answer", new { question, answer = "Oslo" }))["state"]!);
        Assert.True((bool)(await _mcp.CallAsync("task_answer", new { question, answer = "Oslo" }))["duplicate"]!);
        var (code, _, next) = await _mcp.FailAsync("task_answer", new { question, answer = "Rome" });
        Assert.Equal("QUESTION_CLOSED", code);
        Assert.Contains("task_get", next, StringComparison.Ordinal);
        Assert.True((bool)(await _mcp.CallAsync("task_wait", new { task }))["done"]!);
        Assert.Equal("Oslo", (string)(await _mcp.CallAsync("task_result", new { task }))["text"]!);
    }

    [Fact]
    public async Task Memory_is_put_found_read_in_pieces_and_guarded_by_versions()
    {
        var plan = string.Concat(Enumerable.Repeat("the bees fly to the lime trees. ", 1000));
        var put = await _mcp.CallAsync("memory_put", new { @namespace = "notes", key = "plan", value = plan, ttl_seconds = 3600 });
        Assert.NotNull(put["expires_at"]);
        await _mcp.CallAsync("memory_put", new { @namespace = "notes", key = "other", value = new { weather = "rain" } });
        await Eventually.Async(
            async () => (await _mcp.CallAsync("memory_search", new { query = "lime trees" }))["results"]!.AsArray().Any(r => (string)r!["key"]! == "plan"),
            "the entry is found");
        var read = new StringBuilder();
        string? cursor = null;
        do
        {
            var piece = await _mcp.CallAsync("memory_search", new { @namespace = "notes", key = "plan", cursor });
            read.Append((string)piece["text"]!);
            cursor = (string?)piece["cursor"];
        }
        while (cursor is not null);
        Assert.Equal(plan, read.ToString());
        var version = (long)put["version"]!;
        await _mcp.CallAsync("memory_put", new { @namespace = "notes", key = "plan", value = 1, if_version = version });
        var (code, _, next) = await _mcp.FailAsync("memory_put", new { @namespace = "notes", key = "plan", value = 2, if_version = version });
        Assert.Equal("VERSION_CONFLICT", code);
        Assert.Contains("memory_search", next, StringComparison.Ordinal);
        Assert.Equal("NOT_FOUND", (await _mcp.FailAsync("memory_search", new { @namespace = "notes", key = "none" })).Code);
        Assert.Equal("INVALID_REQUEST", (await _mcp.FailAsync("memory_search")).Code);
    }

    [Fact]
    public async Task A_search_goes_on_with_its_cursor()
    {
        for (var i = 0; i < 30; i++)
            await _mcp.CallAsync("memory_put", new { @namespace = "notes", key = $"k{i}", value = $"honey {i} {new string('x', 400)}" });
        // While entries are being indexed, ranks change from page to page, and an entry may be on two pages.
        await Eventually.Async(async () => (await FoundAsync("honey")).Distinct(StringComparer.Ordinal).Count() == 30, "all entries are found, in pages");
        Assert.Equal(30, (await FoundAsync("honey")).Count);
    }

    private async Task<List<string>> FoundAsync(string query)
    {
        var keys = new List<string>();
        string? cursor = null;
        do
        {
            var page = await _mcp.CallAsync("memory_search", new { query, limit = 50, cursor });
            keys.AddRange(page["results"]!.AsArray().Select(row => (string)row!["key"]!));
            cursor = (string?)page["cursor"];
        }
        while (cursor is not null);
        return keys;
    }

    [Fact]
    public async Task The_status_of_a_swarm_has_its_agents_in_pages()
    {
        var workers = new List<WaggleWorker>();
        for (var i = 0; i < 12; i++)
        {
            var options = new WaggleWorkerOptions { Url = _mcp.Hub.Server.Url, AgentId = $"a{i}", ConnectTimeout = Eventually.Patience };
            for (var c = 0; c < 100; c++) options.Capabilities[$"capability-number-{c:00}"] = 0.5;
            workers.Add(await WaggleWorker.StartAsync(options, (_, _) => new(default(RawJson))));
        }

        var swarms = (await _mcp.CallAsync("swarm_status"))["swarms"]!.AsArray();
        Assert.Equal(("default", "active", 12), ((string)swarms[0]!["swarm"]!, (string)swarms[0]!["state"]!, (int)swarms[0]!["agents"]!));
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await _mcp.CallAsync("swarm_status", new { swarm = "default", cursor });
            seen.AddRange(page["members"]!.AsArray().Select(a => (string)a!["agent"]!));
            Assert.Equal(80, (int)page["members"]![0]!["more_capabilities"]!);
            cursor = (string?)page["cursor"];
        }
        while (cursor is not null);
        Assert.Equal(12, seen.Distinct().Count());
        Assert.Equal("NOT_FOUND", (await _mcp.FailAsync("swarm_status", new { swarm = "none" })).Code);
        foreach (var worker in workers) await worker.DisposeAsync();
    }

    [Fact]
    public async Task A_task_is_cancelled_and_has_no_result()
    {
        var task = (string)(await _mcp.CallAsync("task_create", new { title = "x", requires = new { flying = 0.5 } }))["task"]!;
        var (code, _, next) = await _mcp.FailAsync("task_result", new { task });
        Assert.Equal("INVALID_STATE", code);
        Assert.Contains("task_wait", next, StringComparison.Ordinal);
        Assert.Equal("cancelled", (string)(await _mcp.CallAsync("task_cancel", new { task, reason = "enough" }))["state"]!);
        Assert.Equal("enough", (string)(await _mcp.CallAsync("task_get", new { task }))["cancel_reason"]!);
        Assert.Contains("task_get", (await _mcp.FailAsync("task_result", new { task })).Next, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("task_get", """{"task":"t999999"}""", "NOT_FOUND", "task_list")]
    [InlineData("task_wait", """{"task":"t999999"}""", "NOT_FOUND", "task_list")]
    [InlineData("task_cancel", """{"task":"t999999"}""", "NOT_FOUND", "task_list")]
    [InlineData("task_answer", """{"question":"q999999","answer":1}""", "NOT_FOUND", "task_list")]
    [InlineData("task_get", """{"task":"not an id"}""", "INVALID_REQUEST", "Correct")]
    [InlineData("task_get", "{}", "INVALID_REQUEST", "with task")]
    [InlineData("task_get", """{"task":5}""", "INVALID_REQUEST", "Correct")]
    [InlineData("task_get", """{"task":"t1","colour":"red"}""", "INVALID_REQUEST", "Correct")]
    [InlineData("task_wait", """{"task":"t1","timeout_seconds":56}""", "INVALID_REQUEST", "Correct")]
    [InlineData("task_wait", """{"task":"t1","timeout_seconds":1.5}""", "INVALID_REQUEST", "Correct")]
    [InlineData("task_list", """{"limit":0}""", "INVALID_REQUEST", "Correct")]
    [InlineData("task_list", """{"limit":1e99}""", "INVALID_REQUEST", "Correct")]
    [InlineData("task_list", """{"state":["asleep"]}""", "INVALID_REQUEST", "Correct")]
    [InlineData("task_list", """{"state":"running"}""", "INVALID_REQUEST", "Correct")]
    [InlineData("task_list", """{"cursor":"12"}""", "INVALID_REQUEST", "leave cursor out")]
    [InlineData("task_create", """{"title":" "}""", "INVALID_REQUEST", "Correct")]
    [InlineData("task_create", """{"title":"x","prompt":"a","input":1}""", "INVALID_REQUEST", "either")]
    [InlineData("task_create", """{"title":"x","requires":{"a":"b"}}""", "INVALID_REQUEST", "Correct")]
    [InlineData("task_create", """{"title":"x","requires":{"a":2}}""", "INVALID_REQUEST", "Correct")]
    [InlineData("task_create", """{"title":"x","swarm":"none"}""", "NOT_FOUND", "swarm_status")]
    [InlineData("task_create", """{"title":"x","parent":"t999999"}""", "NOT_FOUND", "task_list")]
    [InlineData("task_create", """{"title":"x","depends_on":["t999999"]}""", "NOT_FOUND", "task_list")]
    [InlineData("task_cancel", """{"task":"t1","force":"yes"}""", "INVALID_REQUEST", "Correct")]
    [InlineData("memory_put", """{"namespace":"a b","key":"k","value":1}""", "INVALID_REQUEST", "Correct")]
    [InlineData("memory_put", """{"namespace":"n","key":"k"}""", "INVALID_REQUEST", "with value")]
    [InlineData("memory_put", """{"namespace":"n","key":"k","value":1,"ttl_seconds":-1}""", "INVALID_REQUEST", "Correct")]
    [InlineData("memory_search", """{"query":"x","key":"k"}""", "INVALID_REQUEST", "either|to search")]
    public async Task A_wrong_argument_is_an_error_that_names_the_next_step(string tool, string arguments, string code, string next)
    {
        var values = JsonNode.Parse(arguments)!.AsObject().ToDictionary(p => p.Key, p => (object?)p.Value);
        var failed = await _mcp.FailAsync(tool, values);
        Assert.Equal(code, failed.Code);
        Assert.NotEmpty(failed.Message);
        Assert.Contains(next.Split('|'), n => failed.Next.Contains(n, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Values_that_are_too_long_are_refused_by_name()
    {
        Assert.Equal("INVALID_REQUEST", (await _mcp.FailAsync("task_create", new { title = new string('x', 501) })).Code);
        Assert.Equal("INVALID_REQUEST", (await _mcp.FailAsync("memory_search", new { query = new string('x', 4001) })).Code);
        var failed = await _mcp.FailAsync("task_get", new { task = new string('x', 100_000) });
        Assert.Equal("INVALID_REQUEST", failed.Code);
        Assert.InRange(failed.Message.Length, 1, 1000);
        await Assert.ThrowsAnyAsync<Exception>(() => _mcp.CallAsync("task_create", new { title = "x", prompt = new string('x', 2_000_000) }));
        Assert.Empty((await _mcp.CallAsync("task_list"))["tasks"]!.AsArray());
    }

    [Fact]
    public async Task An_unknown_tool_is_an_error_that_lists_the_tools()
    {
        var failed = await Assert.ThrowsAsync<McpProtocolException>(() => _mcp.CallAsync("task_delete"));
        Assert.Equal(McpErrorCode.InvalidParams, failed.ErrorCode);
        Assert.Contains("task_create, task_get", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wide_task_is_shown_within_8_kB()
    {
        await using var worker = await _mcp.WorkAsync("a1", (_, _) =>
            throw new TaskFailedException("BROKEN", new string('\u0002', 9000), retryable: false));
        var task = (string)(await _mcp.CallAsync("task_create", new { title = new string('\u0003', 500), prompt = new string('\u0004', 9000) }))["task"]!;
        var waited = await _mcp.CallAsync("task_wait", new { task });
        Assert.Equal(("failed", "BROKEN"), ((string)waited["state"]!, (string)waited["error"]!["code"]!));
        var shown = await _mcp.CallAsync("task_get", new { task });
        Assert.Equal("failed", (string)shown["attempts"]![0]!["outcome"]!);
    }

    [Fact]
    public async Task A_wait_that_is_over_says_that_the_task_is_still_running()
    {
        var task = (string)(await _mcp.CallAsync("task_create", new { title = "x", requires = new { flying = 0.5 } }))["task"]!;
        var waited = await _mcp.CallAsync("task_wait", new { task, timeout_seconds = 1 });
        Assert.Equal((false, "pending"), ((bool)waited["done"]!, (string)waited["state"]!));
        Assert.Contains("no agents", (string)waited["waits_because"]!, StringComparison.Ordinal);
        Assert.Equal("Call task_wait with this task.", (string)waited["next"]!);
    }
}
