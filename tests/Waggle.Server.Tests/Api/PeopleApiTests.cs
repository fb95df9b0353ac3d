using Waggle.Core;
using Waggle.Core.Chat;
using Waggle.Core.Notifications;
using Waggle.Core.Presence;
using Waggle.Protocol.Model;

namespace Waggle.Server.Tests.Api;

public sealed class PeopleApiTests
{
    [Fact]
    public async Task What_is_said_in_a_conversation_is_read_page_by_page_and_after_a_restart()
    {
        await using var hub = await RestHub.StartAsync();
        var opened = (await hub.PostAsync("/api/v1/conversations", """{"id":"release","title":"The release"}""")).Is(201);
        Assert.Equal("/api/v1/conversations/release", opened.Headers["Location"]);
        (await hub.PostAsync("/api/v1/conversations", """{"id":"release","title":"The release"}""")).Is(200);
        for (var i = 0; i < 5; i++) (await hub.PostAsync("/api/v1/conversations/release/messages", $$"""{"content":"{{i}}"}""")).Is(201);
        await hub.RestartAsync();

        var first = (await hub.GetAsync("/api/v1/conversations/release/messages?limit=3&sort=created_at")).Is(200);
        var rest = (await hub.GetAsync($"/api/v1/conversations/release/messages?limit=3&sort=created_at&cursor={first.Text("cursor")}")).Is(200);
        Assert.Equal(["0", "1", "2", "3", "4"], Contents(first).Concat(Contents(rest)));
        Assert.False(rest.Body.ContainsKey("cursor"));
        Assert.Equal("4", Contents((await hub.GetAsync("/api/v1/conversations/release/messages?limit=1")).Is(200)).Single());
        var listed = (await hub.GetAsync("/api/v1/conversations")).Is(200).Body["conversations"]![0]!;
        Assert.Equal(("release", 5L), ((string)listed["id"]!, (long)listed["messages"]!));
    }

    [Fact]
    public async Task A_message_under_a_key_is_posted_once_and_an_agent_speaks_by_its_secret()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.PostAsync("/api/v1/conversations", """{"id":"release"}""");
        (await hub.PostAsync("/api/v1/leases", $$"""{{{RestHub.Who("a1")}},"name":"ENGINEERING_LEAD","wait_ms":0}""")).Is(204);
        const string path = "/api/v1/conversations/release/messages";
        var said = (await hub.PostAsync(path, $$"""{"content":"Done.",{{RestHub.Who("a1")}}}""", ("Idempotency-Key", "k1"))).Is(201);
        var again = (await hub.PostAsync(path, $$"""{"content":"Done.",{{RestHub.Who("a1")}}}""", ("Idempotency-Key", "k1"))).Is(200);

        Assert.Equal(("a1", "ENGINEERING_LEAD"), (said.Text("sender"), said.Text("sender_name")));
        Assert.Equal((said.Text("id"), true), (again.Text("id"), (bool)again.Body["duplicate"]!));
        (await hub.PostAsync(path, $$"""{"content":"Undone.",{{RestHub.Who("a1")}}}""", ("Idempotency-Key", "k1"))).IsProblem(409, "IDEMPOTENCY_CONFLICT");
        (await hub.PostAsync(path, """{"content":"Done.","agent":"a1","secret":"somebody else's secret"}""")).IsProblem(409, "AGENT_IN_USE");
        (await hub.PostAsync(path, """{"content":"Done.","agent":"a1"}""")).IsProblem(400, "INVALID_REQUEST");
    }

    [Fact]
    public async Task Notifications_are_listed_until_they_are_seen_also_after_a_restart()
    {
        await using var hub = await RestHub.StartAsync();
        (await hub.PostAsync("/api/v1/notifications", """{"level":"info","message":"one"}""", ("Idempotency-Key", "n1"))).Is(201);
        (await hub.PostAsync("/api/v1/notifications", """{"level":"info","message":"one"}""", ("Idempotency-Key", "n1"))).Is(200);
        (await hub.PostAsync("/api/v1/notifications", """{"level":"error","message":"two"}""")).Is(201);
        (await hub.PostAsync("/api/v1/notifications", """{"level":"warning","message":"not for me","to":"ann"}""")).Is(201);
        var listed = (await hub.GetAsync("/api/v1/notifications")).Is(200).Body["notifications"]!.AsArray();
        Assert.Equal(["one", "two"], listed.Select(n => (string)n!["message"]!));

        (await hub.PostAsync("/api/v1/notifications/seen", $$"""{"through":"{{listed[0]!["id"]}}"}""")).Is(204);
        await hub.RestartAsync();

        listed = (await hub.GetAsync("/api/v1/notifications")).Is(200).Body["notifications"]!.AsArray();
        Assert.Equal(["two"], listed.Select(n => (string)n!["message"]!));
    }

    [Theory]
    [InlineData("POST", "/conversations", """{"id":"a/b"}""", 400, "INVALID_REQUEST")]
    [InlineData("POST", "/conversations", """{"participants":"ann"}""", 400, "INVALID_REQUEST")]
    [InlineData("POST", "/conversations", """{"swarm":"nowhere"}""", 404, "NOT_FOUND")]
    [InlineData("POST", "/conversations/none/messages", """{"content":"x"}""", 404, "NOT_FOUND")]
    [InlineData("POST", "/conversations/none/messages", """{"sender":"root","content":"x"}""", 400, "INVALID_REQUEST")]
    [InlineData("GET", "/conversations/none/messages", null, 404, "NOT_FOUND")]
    [InlineData("GET", "/conversations?limit=0", null, 400, "INVALID_REQUEST")]
    [InlineData("GET", "/conversations?cursor=x", null, 400, "INVALID_REQUEST")]
    [InlineData("POST", "/notifications", """{"level":"loud","message":"x"}""", 400, "INVALID_REQUEST")]
    [InlineData("POST", "/notifications", """{"level":1,"message":"x"}""", 400, "INVALID_REQUEST")]
    [InlineData("POST", "/notifications", """{"level":"info"}""", 400, "INVALID_REQUEST")]
    [InlineData("POST", "/notifications/seen", """{"through":"n1-1"}""", 404, "NOT_FOUND")]
    [InlineData("POST", "/notifications/seen", """{"through":"a b"}""", 400, "INVALID_REQUEST")]
    public async Task Bad_input_gets_a_clear_error(string method, string path, string? body, int status, string code)
    {
        await using var hub = await RestHub.StartAsync();
        (await hub.SendAsync(new HttpMethod(method), "/api/v1" + path, body)).IsProblem(status, code);
    }

    [Fact]
    public async Task Code_in_the_same_process_tells_everybody_and_sees_who_is_here()
    {
        await using var hub = await RestHub.StartAsync();
        var hive = hub.Server.Hive;
        var by = Principal.Hub(hive.Options.Hive);
        await hive.AskAsync(new OpenConversation("conv-123") { By = by }, CancellationToken.None);
        Assert.Null((await hive.AskAsync(new PostMessage("conv-123", "Analysis complete!") { By = by }, CancellationToken.None)).Error);
        Assert.Null((await hive.AskAsync(new SendNotification(NotificationLevel.Success, "All tests passed!") { By = by }, CancellationToken.None)).Error);
        await hive.AskAsync(new SetPresence("mine") { By = Principal.Local("default", "ann") }, CancellationToken.None);

        var here = (await hive.AskAsync(new ListPresence { By = by }, CancellationToken.None)).Value!;
        Assert.Equal("ann", Assert.Single(here.Users).User);
        Assert.Equal("ann", (string)(await hub.GetAsync("/api/v1/presence")).Is(200).Body["users"]![0]!["user"]!);
        Assert.Equal("All tests passed!", (string)(await hub.GetAsync("/api/v1/notifications")).Is(200).Body["notifications"]![0]!["message"]!);
    }

    private static IEnumerable<string> Contents(Answer page) => page.Body["messages"]!.AsArray().Select(m => (string)m!["content"]!);
}
