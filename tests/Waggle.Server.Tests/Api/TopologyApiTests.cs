using Waggle.Client;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Server.Tests.Auth;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

/// <summary>Topologies and messages over REST and the SDK, against a real hub.</summary>
public sealed class TopologyApiTests
{
    private const string Swarms = "/api/v1/swarms";

    [Fact]
    public async Task A_topology_is_set_shown_and_there_after_a_restart()
    {
        await using var hub = await RestHub.StartAsync();
        (await hub.SendAsync(HttpMethod.Post, Swarms, """{"id":"w","name":"Writers","topology":{"kind":"ring"}}""")).Is(201);
        await PollAsync(hub, "a1");
        await PollAsync(hub, "a2");

        var set = (await hub.SendAsync(HttpMethod.Put, $"{Swarms}/w/topology", """{"topology":{"kind":"star","leads":["a2"]},"reason":"one checks"}""")).Is(200);
        Assert.Equal(("star", "one checks"), ((string)set.Body["topology"]!["kind"]!, (string)set.Body["topology"]!["reason"]!));
        await hub.RestartAsync();

        var shown = (await hub.GetAsync($"{Swarms}/w/topology?limit=1")).Is(200);
        Assert.Equal(("star", 1), ((string)shown.Body["topology"]!["current"]!, shown.Body["members"]!.AsArray().Count));
        Assert.Equal("a1", (string)shown.Body["cursor"]!);
        var rest = (await hub.GetAsync($"{Swarms}/w/topology?cursor=a1")).Is(200);
        Assert.Equal(("a2", "lead"), ((string)rest.Body["members"]![0]!["agent"]!, (string)rest.Body["members"]![0]!["role"]!));
        Assert.Contains("waggle_topology_changes_total{by=\"client\"}", await hub.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"topology":{"kind":"cube"}}""", 400, "INVALID_REQUEST")]
    [InlineData("""{"topology":{"kind":"hierarchical","parents":{"a":"b","b":"a"}}}""", 400, "INVALID_REQUEST")]
    [InlineData("""{"topology":{"kind":"mesh","leads":["a"]}}""", 400, "INVALID_REQUEST")]
    [InlineData("""{"topology":null}""", 400, "INVALID_REQUEST")]
    [InlineData("""{}""", 400, "INVALID_REQUEST")]
    public async Task A_topology_that_is_not_good_is_refused(string body, int status, string code)
    {
        await using var hub = await RestHub.StartAsync();

        (await hub.SendAsync(HttpMethod.Put, $"{Swarms}/default/topology", body)).IsProblem(status, code);
        (await hub.SendAsync(HttpMethod.Put, $"{Swarms}/none/topology", """{"topology":{"kind":"ring"}}""")).IsProblem(404, "NOT_FOUND");
        Assert.Equal("mesh", (string)(await hub.GetAsync($"{Swarms}/default")).Is(200).Body["topology"]!["kind"]!);
    }

    [Fact]
    public async Task A_worker_that_polls_sends_and_reads_messages_with_its_secret()
    {
        await using var hub = await RestHub.StartAsync();
        (await hub.SendAsync(HttpMethod.Post, Swarms, """{"id":"w","name":"Writers"}""")).Is(201);
        await PollAsync(hub, "a1");
        await PollAsync(hub, "a2");
        const string Inbox = "/api/v1/agents/a2/inbox";
        const string Secret = "the secret of a2, well kept";

        var sent = (await hub.SendAsync(HttpMethod.Post, "/api/v1/agents/a2/messages", """{"content":{"n":1},"from_agent":"a1","secret":"the secret of a1, well kept"}""")).Is(201);
        (await hub.SendAsync(HttpMethod.Post, "/api/v1/agents/a2/messages", """{"content":2,"from_agent":"a1","secret":"a wrong secret, long enough"}""")).IsProblem(409, "AGENT_IN_USE");
        (await hub.SendAsync(HttpMethod.Post, "/api/v1/agents/a2/messages", """{"content":2,"from_agent":"a1"}""")).IsProblem(400, "INVALID_REQUEST");
        (await hub.SendAsync(HttpMethod.Post, $"{Swarms}/w/messages", """{"to":"neighbours","content":3}""")).Is(201);
        (await hub.SendAsync(HttpMethod.Post, $"{Swarms}/w/messages", """{"to":"lead","content":3}""")).IsProblem(409, "INVALID_STATE");
        const string Told = """{"to":"swarm","content":4,"from_agent":"a2","secret":"the secret of a2, well kept"}""";
        var told = (await hub.SendAsync(HttpMethod.Post, $"{Swarms}/w/messages", Told)).Is(201);
        Assert.Equal("a1", (string)Assert.Single(told.Body["messages"]!.AsArray())!["agent"]!);
        (await hub.SendAsync(HttpMethod.Post, $"{Swarms}/default/messages", Told)).IsProblem(403, "NOT_LINKED");

        var inbox = (await hub.SendAsync(HttpMethod.Post, Inbox, $$"""{"secret":"{{Secret}}"}""")).Is(200);
        Assert.Equal(["""{"n":1}""", "3"], inbox.Body["messages"]!.AsArray().Select(m => m!["content"]!.ToJsonString()));
        Assert.Equal("a1", (string)inbox.Body["messages"]![0]!["from_agent"]!);
        (await hub.SendAsync(HttpMethod.Post, Inbox, """{"secret":"a wrong secret, long enough"}""")).IsProblem(409, "AGENT_IN_USE");
        await hub.RestartAsync();
        var id = (string)sent.Body["messages"]![0]!["message"]!;
        var done = (await hub.SendAsync(HttpMethod.Post, $"{Inbox}/acknowledge", $$"""{"secret":"{{Secret}}","messages":["{{id}}"]}""")).Is(200);
        Assert.Equal(1, (int)done.Body["acknowledged"]!);
        Assert.Equal(1, (int)(await hub.SendAsync(HttpMethod.Post, Inbox, $$"""{"secret":"{{Secret}}"}""")).Is(200).Body["waiting"]!);
    }

    [Fact]
    public async Task Workers_of_the_SDK_tell_each_other_what_the_topology_lets_them()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url, Token = hub.Admin });
        var heard = new TaskCompletionSource<AgentMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var chief = await WorkerAsync(hub, "chief", null);
        await using var ann = await WorkerAsync(hub, "ann", message => heard.TrySetResult(message));
        await using var bob = await WorkerAsync(hub, "bob", null);
        await client.Topology.SetAsync("default", new TopologySpec { Kind = TopologyKind.Star, Leads = ["chief"] });

        await chief.SendAsync(MessageAudience.Children, RawJson.Parse("\"How far?\""));
        var message = await heard.Task.WaitAsync(Eventually.Patience);
        Assert.Equal(("chief", "\"How far?\""), (message.FromAgent, message.Content.ToString()));
        var refused = await Assert.ThrowsAsync<WaggleException>(() => bob.SendAsync("ann", RawJson.Parse("1")));
        Assert.Equal(ErrorCodes.NotLinked, refused.Code);
        var places = await client.Topology.GetAsync("default");
        Assert.Equal([("ann", "chief"), ("bob", "chief"), ("chief", null)], places.Members.Select(m => (m.Agent, m.Parent)));
        var sent = await client.Messages.SendAsync("bob", RawJson.Parse("2"), TimeSpan.FromMinutes(1));
        Assert.Equal("bob", Assert.Single(sent.Messages).Agent);
        Assert.Equal("chief", Assert.Single((await bob.SendAsync(MessageAudience.Swarm, RawJson.Parse("4"))).Messages).Agent);
        Assert.Equal(["ann", "bob", "chief"], (await client.Messages.SendAsync("default", MessageAudience.Swarm, RawJson.Parse("5"))).Messages.Select(m => m.Agent).Order());
        await using var observer = client.ObserveAsync(["agent.ann.message"]);
        await client.Messages.SendAsync("ann", RawJson.Parse("3"));
        var seen = new List<string>();
        await foreach (var record in observer)
        {
            if (record is RecordObserved { Record: var r }) seen.Add(r.Kind);
            if (seen.Count == 2) break;
        }

        Assert.Equal(["agent_message_sent", "agent_message_acknowledged"], seen);
    }

    [Fact]
    public async Task A_waiting_task_is_given_to_an_agent()
    {
        await using var hub = await RestHub.StartAsync();
        var task = (await hub.SendAsync(HttpMethod.Post, "/api/v1/tasks", """{"title":"t","assign_to":"absent"}""")).Is(201).Text("id");
        await PollAsync(hub, "a1", "default");

        (await hub.SendAsync(HttpMethod.Post, $"/api/v1/tasks/{task}/assign", """{"agent":"nobody"}""")).IsProblem(404, "NOT_FOUND");
        Assert.Equal("pending", (await hub.SendAsync(HttpMethod.Post, $"/api/v1/tasks/{task}/assign", """{"agent":"a1","priority":1}""")).Is(200).Text("state"));
        Assert.Equal("a1", (await hub.GetAsync($"/api/v1/tasks/{task}")).Is(200).Text("assignee"));
    }

    private static Task<Answer> PollAsync(RestHub hub, string agent, string swarm = "w") => hub.SendAsync(
        HttpMethod.Post, "/api/v1/leases", $$"""{"agent":"{{agent}}","secret":"the secret of {{agent}}, well kept","swarm":"{{swarm}}","n":1,"wait_ms":0}""");

    private static Task<WaggleWorker> WorkerAsync(AuthHub hub, string agent, Action<AgentMessage>? heard) => WaggleWorker.StartAsync(
        new WaggleWorkerOptions
        {
            Url = hub.Server.Url,
            Token = hub.Admin,
            AgentId = agent,
            Secret = $"the secret of {agent}, well kept",
            OnMessage = heard is null ? null : (message, _) =>
            {
                heard(message);
                return ValueTask.CompletedTask;
            },
        },
        (_, _) => ValueTask.FromResult(RawJson.Parse("1")));
}
