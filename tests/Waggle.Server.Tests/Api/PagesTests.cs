using Waggle.Server.Auth;

namespace Waggle.Server.Tests.Api;

/// <summary>The needs of web pages of other origins, and the caches of browsers and proxies.</summary>
public sealed class PagesTests
{
    private const string Page = "http://localhost:5173";

    [Fact]
    public async Task A_page_of_an_allowed_origin_asks_first_and_reads_what_is_answered()
    {
        await using var hub = await StartAsync();
        var preflight = (await hub.SendAsync(HttpMethod.Options, "/api/v1/tasks", null, ("Origin", Page), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "idempotency-key"))).Is(204);
        Assert.Equal(Page, preflight.Headers["Access-Control-Allow-Origin"]);
        Assert.Equal(["GET", "HEAD", "POST"], preflight.Headers["Access-Control-Allow-Methods"].Split(", ").Order(StringComparer.Ordinal));
        Assert.Contains("Idempotency-Key", preflight.Headers["Access-Control-Allow-Headers"], StringComparison.Ordinal);
        var made = (await hub.PostAsync("/api/v1/tasks", """{"title":"a"}""", ("Origin", Page))).Is(201);
        Assert.Equal(Page, made.Headers["Access-Control-Allow-Origin"]);
        Assert.Contains("Waggle-Position", made.Headers["Access-Control-Expose-Headers"], StringComparison.Ordinal);
        var wrong = (await hub.GetAsync("/api/v1/tasks/none", ("Origin", Page))).IsProblem(404, "NOT_FOUND");
        Assert.Equal(Page, wrong.Headers["Access-Control-Allow-Origin"]);
        Assert.Equal("Origin", wrong.Headers["Vary"]);
    }

    [Fact]
    public async Task A_page_may_send_a_trace_and_ask_for_the_rest_of_a_result()
    {
        await using var hub = await StartAsync();
        var preflight = (await hub.SendAsync(HttpMethod.Options, "/api/v1/tasks/t/result", null, ("Origin", Page), ("Access-Control-Request-Method", "GET"))).Is(204);
        var headers = preflight.Headers["Access-Control-Allow-Headers"].Split(", ");
        Assert.Empty(new[] { "Range", "If-Range", "traceparent", "tracestate" }.Except(headers));
    }

    [Theory]
    [InlineData("/socket.io/?EIO=4&transport=polling", "GET", false)]
    [InlineData("/socket.io/?EIO=4&transport=polling", "GET", true)]
    [InlineData("/socket.io/?EIO=4&transport=polling&sid=x", "POST", true)]
    [InlineData("/api/swarms", "POST", true)]
    public async Task A_page_with_a_client_of_Socket_IO_may_send_its_token_in_a_header(string path, string method, bool tokens)
    {
        await using var hub = await RestHub.StartAsync(o => o with { AllowedOrigins = [Page], Auth = new AuthOptions { Tokens = tokens } });
        var preflight = (await hub.SendAsync(HttpMethod.Options, path, null, ("Origin", Page), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", "authorization"))).Is(204);
        Assert.Equal(Page, preflight.Headers["Access-Control-Allow-Origin"]);
        Assert.Contains(method, preflight.Headers["Access-Control-Allow-Methods"], StringComparison.Ordinal);
        Assert.Contains("Authorization", preflight.Headers["Access-Control-Allow-Headers"], StringComparison.Ordinal);
        var strange = (await hub.SendAsync(HttpMethod.Options, path, null, ("Origin", "https://evil.example"), ("Access-Control-Request-Method", method))).Is(403);
        Assert.DoesNotContain("Access-Control-Allow-Origin", strange.Headers.Keys);
    }

    [Fact]
    public async Task Other_pages_are_turned_away_before_and_after_asking()
    {
        await using var hub = await StartAsync();
        var asked = (await hub.SendAsync(HttpMethod.Options, "/api/v1/tasks", null, ("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST"))).IsProblem(403, "FORBIDDEN_ORIGIN");
        Assert.DoesNotContain("Access-Control-Allow-Origin", asked.Headers.Keys);
        Assert.DoesNotContain("Access-Control-Allow-Origin", (await hub.GetAsync("/api/v1/tasks")).Is(200).Headers.Keys);
        (await hub.SendAsync(HttpMethod.Options, "/api/v1/nothing", null, ("Origin", Page), ("Access-Control-Request-Method", "POST"))).IsProblem(404, "NOT_FOUND");
    }

    [Fact]
    public async Task Asking_first_needs_no_token_and_a_refusal_can_be_read()
    {
        await using var hub = await RestHub.StartAsync(o => o with { AllowedOrigins = [Page], Auth = new AuthOptions { Tokens = true } });
        var preflight = (await hub.SendAsync(HttpMethod.Options, "/api/v1/tasks", null, ("Origin", Page), ("Access-Control-Request-Method", "POST"))).Is(204);
        Assert.Equal(Page, preflight.Headers["Access-Control-Allow-Origin"]);
        var refused = (await hub.PostAsync("/api/v1/tasks", """{"title":"a"}""", ("Origin", Page))).IsProblem(401, "UNAUTHENTICATED");
        Assert.Equal(Page, refused.Headers["Access-Control-Allow-Origin"]);
        (await hub.SendAsync(HttpMethod.Options, "/api/v1/tasks", null, ("Origin", Page))).IsProblem(401, "UNAUTHENTICATED");
        var strange = (await hub.SendAsync(HttpMethod.Options, "/api/v1/tasks", null, ("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST"))).IsProblem(403, "FORBIDDEN_ORIGIN");
        Assert.DoesNotContain("Access-Control-Allow-Origin", strange.Headers.Keys);
    }

    [Theory]
    [InlineData("/api/v1/tasks")]
    [InlineData("/api/v1/swarms")]
    [InlineData("/api/v1/agents")]
    public async Task What_did_not_change_is_not_sent_again(string path)
    {
        await using var hub = await StartAsync();
        await hub.CreateAsync("a");
        var tag = (await hub.GetAsync(path)).Is(200).Headers["ETag"];
        (await hub.GetAsync(path, ("If-None-Match", tag))).Is(304);
        (await hub.PostAsync("/api/v1/leases", $$"""{{{RestHub.Who("a1")}},"wait_ms":0}""")).Is(200);
        (await hub.GetAsync(path, ("If-None-Match", tag))).Is(200);
    }

    [Fact]
    public async Task Agents_come_in_pages()
    {
        await using var hub = await StartAsync();
        for (var i = 1; i <= 5; i++) await hub.PostAsync("/api/v1/leases", $$"""{{{RestHub.Who($"a{i}")}},"wait_ms":0}""");
        List<string> seen = [];
        var path = "/api/v1/agents?limit=2";
        for (var cursor = ""; ;)
        {
            var page = (await hub.GetAsync(path + cursor)).Is(200);
            Assert.InRange(page.Body["agents"]!.AsArray().Count, 1, 2);
            seen.AddRange(page.Body["agents"]!.AsArray().Select(a => (string)a!["id"]!));
            if (page.Body["cursor"] is null) break;
            cursor = $"&cursor={page.Body["cursor"]}";
        }

        Assert.Equal(["a1", "a2", "a3", "a4", "a5"], seen);
        (await hub.GetAsync("/api/v1/agents?limit=0")).IsProblem(400, "INVALID_REQUEST");
        (await hub.GetAsync("/api/v1/agents?cursor=x")).IsProblem(400, "INVALID_REQUEST");
    }

    [Fact]
    public async Task Anything_is_published_under_app_and_nothing_else_anywhere()
    {
        await using var hub = await StartAsync();
        using var events = await EventReader.OpenAsync(hub, "?pattern=app.%23");
        await events.NextAsync("position");
        (await hub.PostAsync("/api/v1/topics/app.build.done", """{"ok":[1,null]}""")).Is(204);
        var told = await events.NextAsync("record");
        Assert.Equal(("app.build.done", """{"ok":[1,null]}"""), (told.Topic, told.Data["data"]!.ToJsonString()));
        (await hub.PostAsync("/api/v1/topics/task.t1.completed", "1")).IsProblem(403, "FORBIDDEN");
        (await hub.PostAsync("/api/v1/topics/app.*", "1")).IsProblem(400, "INVALID_REQUEST");
        (await hub.PostAsync("/api/v1/topics/app.x", "{")).IsProblem(400, "MALFORMED_MESSAGE");
        (await hub.PostAsync("/api/v1/topics/app.x", "1 2")).IsProblem(400, "MALFORMED_MESSAGE");
        (await hub.PostAsync("/api/v1/topics/app.x")).IsProblem(400, "MALFORMED_MESSAGE");
    }

    [Fact]
    public async Task A_key_that_was_used_for_another_task_is_a_conflict_that_names_it()
    {
        await using var hub = await StartAsync();
        var first = (await hub.PostAsync("/api/v1/tasks", """{"title":"a","priority":3,"input":{"x":1,"y":2}}""", ("Idempotency-Key", "k"))).Is(201).Text("id");
        var refused = (await hub.PostAsync("/api/v1/tasks", """{"title":"b"}""", ("Idempotency-Key", "k"))).IsProblem(409, "IDEMPOTENCY_CONFLICT");
        Assert.Contains(first, refused.Text("detail"), StringComparison.Ordinal);

        // The same in other words, and from another try.
        (await hub.PostAsync("/api/v1/tasks", """{ "input": {"y":2, "x":1}, "swarm":"default", "title":"a", "metadata":{"traceparent":"00-1"}}""", ("Idempotency-Key", "k"))).Is(200);
        (await hub.PostAsync("/api/v1/tasks", """[{"title":"c","idempotency_key":"m"},{"title":"d","idempotency_key":"m"}]""")).IsProblem(409, "IDEMPOTENCY_CONFLICT");
        await hub.RestartAsync();
        (await hub.PostAsync("/api/v1/tasks", """{"title":"b"}""", ("Idempotency-Key", "k"))).IsProblem(409, "IDEMPOTENCY_CONFLICT");
        Assert.Single((await hub.GetAsync("/api/v1/tasks")).Body["tasks"]!.AsArray());
    }

    private static Task<RestHub> StartAsync() => RestHub.StartAsync(o => o with { AllowedOrigins = [Page] });
}
