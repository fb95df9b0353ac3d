using System.Text.Json;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Auth;

/// <summary>Tokens that are limited to swarms or to an agent, and topics that belong to one subject.</summary>
public sealed class SwarmScopeTests : IAsyncLifetime
{
    private AuthHub _hub = null!;
    private RawClient _admin = null!;
    private RawClient _limited = null!;
    private string _mine = "";
    private string _theirs = "";

    public async ValueTask InitializeAsync()
    {
        _hub = await AuthHub.StartAsync();
        _admin = await _hub.ClientAsync(_hub.Admin);
        foreach (var swarm in new[] { "mine", "theirs" }) await _admin.ResultAsync($"\"type\":\"swarm.create\",\"name\":\"{swarm}\",\"swarm\":\"{swarm}\"");
        _mine = await CreateAsync(_admin, "mine");
        _theirs = await CreateAsync(_admin, "theirs");
        _limited = await _hub.ClientAsync(_hub.Token("ann", ["operator", "worker"], swarms: ["mine"]));
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Its_own_swarm_is_all_there_is()
    {
        Assert.Equal(["mine"], Ids(await _limited.ResultAsync("\"type\":\"swarm.list\""), "swarms"));
        Assert.Equal([_mine], Ids(await _limited.ResultAsync("\"type\":\"task.list\""), "tasks"));
        Assert.Equal([_mine], Ids((await _hub.SendAsync(HttpMethod.Get, "/api/v1/tasks", _hub.Token("ann", ["observer"], swarms: ["mine"]))).Body, "tasks"));
        await _limited.ResultAsync($"\"type\":\"task.show\",\"task\":\"{_mine}\"");
    }

    [Theory]
    [InlineData("\"type\":\"task.show\",\"task\":\"THEIRS\"", "NOT_FOUND")]
    [InlineData("\"type\":\"task.cancel\",\"task\":\"THEIRS\"", "NOT_FOUND")]
    [InlineData("\"type\":\"task.assign\",\"task\":\"THEIRS\",\"agent\":\"a\"", "NOT_FOUND")]
    [InlineData("\"type\":\"task.set_priority\",\"task\":\"THEIRS\",\"priority\":1", "NOT_FOUND")]
    [InlineData("\"type\":\"task.retry\",\"task\":\"THEIRS\"", "NOT_FOUND")]
    [InlineData("\"type\":\"task.create\",\"tasks\":[{\"title\":\"x\",\"swarm\":\"theirs\"}]", "NOT_FOUND")]
    [InlineData("\"type\":\"task.create\",\"tasks\":[{\"title\":\"x\"}]", "NOT_FOUND")]
    [InlineData("\"type\":\"task.create\",\"tasks\":[{\"title\":\"x\",\"swarm\":\"mine\",\"depends_on\":[\"THEIRS\"]}]", "NOT_FOUND")]
    [InlineData("\"type\":\"task.create\",\"tasks\":[{\"title\":\"x\",\"swarm\":\"mine\",\"parent\":\"THEIRS\"}]", "NOT_FOUND")]
    [InlineData("\"type\":\"task.list\",\"swarm\":\"theirs\"", "FORBIDDEN")]
    [InlineData("\"type\":\"swarm.show\",\"swarm\":\"theirs\"", "NOT_FOUND")]
    [InlineData("\"type\":\"swarm.create\",\"name\":\"x\"", "FORBIDDEN")]
    [InlineData("\"type\":\"swarm.create\",\"name\":\"x\",\"swarm\":\"theirs\"", "FORBIDDEN")]
    [InlineData("\"type\":\"swarm.create\",\"name\":\"x\",\"swarm\":\"mine\"", "ALREADY_EXISTS")]
    [InlineData("\"type\":\"agent.list\",\"swarm\":\"theirs\"", "NOT_FOUND")]
    [InlineData("\"type\":\"agent.show\",\"agent\":\"worker-theirs\"", "NOT_FOUND")]
    [InlineData("\"type\":\"agent.drain\",\"agent\":\"worker-theirs\"", "NOT_FOUND")]
    [InlineData("\"type\":\"agent.remove\",\"agent\":\"worker-theirs\"", "NOT_FOUND")]
    [InlineData("\"type\":\"subscribe\",\"topics\":[\"swarm.theirs.#\"]", "FORBIDDEN")]
    [InlineData("\"type\":\"subscribe\",\"topics\":[\"app.swarm.theirs.#\"]", "FORBIDDEN")]
    [InlineData("\"type\":\"publish\",\"topic\":\"app.swarm.theirs.x\"", "FORBIDDEN")]
    [InlineData("\"type\":\"publish\",\"topic\":\"app.x\"", "FORBIDDEN")]
    public async Task What_is_another_swarms_is_out_of_reach(string ask, string code)
    {
        await WorkerAsync(_hub.Admin, "worker-theirs", "theirs", slots: 0);
        Assert.Equal(code, await _limited.ErrorAsync(ask.Replace("THEIRS", _theirs, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_worker_cannot_take_an_agent_out_of_another_swarm_or_join_one()
    {
        await WorkerAsync(_hub.Admin, "worker-theirs", "theirs", slots: 0);
        var token = _hub.Token("ann", ["worker"], swarms: ["mine"]);
        foreach (var (agent, swarm) in new[] { ("worker-theirs", "mine"), ("worker-new", "theirs"), ("worker-new", "default") })
        {
            var client = await _hub.ConnectAsync(token);
            var error = await client.HelloAsync($",\"agent\":{{\"id\":\"{agent}\",\"secret\":\"the secret of the worker\",\"swarm\":\"{swarm}\"}}");
            Assert.Equal("FORBIDDEN", error.Text("code"));
            Assert.Equal(4502, (await client.Closed).Code);
        }

        var shown = await _admin.ResultAsync("\"type\":\"agent.show\",\"agent\":\"worker-theirs\"");
        Assert.Equal("theirs", shown.Text("swarm"));
    }

    [Fact]
    public async Task A_worker_gets_the_work_of_its_swarm_and_ends_it()
    {
        var worker = await WorkerAsync(_hub.Token("bob", ["worker"], swarms: ["mine"]), "worker-mine", "mine");
        var assign = await worker.NextAsync("assign");
        Assert.Equal(_mine, assign.Text("task"));
        await worker.ResultAsync($"\"type\":\"task.complete\",{assign.Lease()}");
        await worker.ResultAsync("\"type\":\"agent.drain\"");
        Assert.Equal("FORBIDDEN", await worker.ErrorAsync("\"type\":\"agent.drain\",\"agent\":\"somebody-else\""));
    }

    [Fact]
    public async Task A_token_of_one_agent_speaks_for_that_one_only()
    {
        var token = _hub.Token("bob", ["worker"], agent: "bee-1");
        var other = await _hub.ConnectAsync(token);
        var error = await other.HelloAsync(",\"agent\":{\"id\":\"bee-2\",\"secret\":\"the secret of the worker\"}");
        Assert.Equal("FORBIDDEN", error.Text("code"));
        Assert.Contains("bee-1", error.Text("message"), StringComparison.Ordinal);
        var unnamed = await _hub.ConnectAsync(token);
        var welcome = await unnamed.HelloAsync(",\"agent\":{\"secret\":\"the secret of the worker\"}");
        Assert.Equal("bee-1", welcome.GetProperty("agent").Text("id"));
        foreach (var path in new[] { "/api/v1/leases", "/api/v1/leases/x/renew" })
        {
            var body = path.EndsWith("renew", StringComparison.Ordinal) ? ",\"attempt\":1,\"token\":1" : ",\"wait_ms\":0";
            Assert.Equal((403, "FORBIDDEN"), await _hub.StatusAsync(HttpMethod.Post, path, token, $$"""{"agent":"bee-2","secret":"the secret of the worker"{{body}}}"""));
        }
    }

    [Fact]
    public async Task No_subscription_ever_brings_a_record_of_another_swarm()
    {
        var position = _limited.Welcome.Text("position");
        await _limited.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"#\"]");
        await _limited.ResultAsync($"\"type\":\"subscribe\",\"topics\":[\"task.{_theirs}.#\",\"app.#\",\"*.*.created\"]");
        var worker = await WorkerAsync(_hub.Admin, "worker-theirs", "theirs");
        var assign = await worker.NextAsync("assign");
        await worker.ResultAsync($"\"type\":\"task.progress\",{assign.Lease()},\"progress\":0.5");
        await worker.ResultAsync($"\"type\":\"task.log\",{assign.Lease()},\"lines\":[\"secret\"]");
        await worker.ResultAsync($"\"type\":\"task.complete\",{assign.Lease()},\"result\":\"secret\"");
        foreach (var topic in new[] { "app.x", "app.swarm.theirs.x", "app.user.bob.x", "app.swarm.mine.x", "app.user.ann.x" })
            await _admin.ResultAsync($"\"type\":\"publish\",\"topic\":\"{topic}\",\"data\":1");
        var last = await CreateAsync(_admin, "mine");

        var topics = new HashSet<string>();
        while (true)
        {
            var record = await _limited.NextAsync("record");
            AssertMine(record);
            topics.Add(record.Text("topic")!);
            if (record.Text("topic") == $"task.{last}.created") break;
        }

        Assert.Contains("app.swarm.mine.x", topics);
        Assert.Contains("app.user.ann.x", topics);

        // The hub selects missed records, the newest values, and the log over HTTP in the same way.
        var missed = await _limited.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"#\"],\"since\":\"1:0\"");
        Assert.True(missed.GetProperty("recovered").GetBoolean());
        Assert.NotEmpty(missed.GetProperty("records").EnumerateArray());
        foreach (var record in missed.GetProperty("records").EnumerateArray().Concat(missed.GetProperty("latest").EnumerateArray())) AssertMine(record);
        Assert.NotEmpty(position!);
        using var http = new HttpClient { BaseAddress = _hub.Server.Url };
        http.DefaultRequestHeaders.Authorization = new("Bearer", _hub.Token("ann", ["observer"], swarms: ["mine"]));
        http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        var log = JsonDocument.Parse(await http.GetStringAsync(new Uri("/api/v1/events?since=1:0", UriKind.Relative))).RootElement;
        Assert.NotEmpty(log.GetProperty("records").EnumerateArray());
        foreach (var record in log.GetProperty("records").EnumerateArray()) AssertMine(record);
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/api/v1/connections")]
    public async Task What_concerns_the_whole_hive_is_out_of_reach(string path) =>
        Assert.Equal((403, "FORBIDDEN"), await _hub.StatusAsync(HttpMethod.Get, path, _hub.Token("ann", ["admin"], swarms: ["mine"])));

    [Fact]
    public async Task An_administrator_of_a_swarm_hears_nobody_elses_private_topics()
    {
        var limited = await _hub.ClientAsync(_hub.Token("ann", ["admin"], swarms: ["mine"]));
        Assert.Equal("FORBIDDEN", await limited.ErrorAsync("\"type\":\"subscribe\",\"topics\":[\"app.user.bob.#\"]"));
        await limited.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"app.#\"]");
        await _admin.ResultAsync("\"type\":\"publish\",\"topic\":\"app.user.bob.x\",\"data\":1");
        await _admin.ResultAsync("\"type\":\"publish\",\"topic\":\"app.user.ann.x\",\"data\":1");
        Assert.Equal("app.user.ann.x", (await limited.NextAsync("record")).Text("topic"));
    }

    [Fact]
    public async Task A_private_topic_is_its_owners_and_the_administrators()
    {
        var bob = await _hub.ClientAsync(_hub.Token("bob@example.com", permissions: ["write:app"]));
        var ann = await _hub.ClientAsync(_hub.Token("ann", permissions: ["write:app"]));
        Assert.Equal("FORBIDDEN", await ann.ErrorAsync("\"type\":\"subscribe\",\"topics\":[\"app.user.bob@example~2Ecom.#\"]"));
        Assert.Equal("FORBIDDEN", await ann.ErrorAsync("\"type\":\"publish\",\"topic\":\"app.user.bob@example~2Ecom.x\""));
        await ann.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"app.#\"]");
        await bob.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"app.user.bob@example~2Ecom.#\"]");
        await bob.ResultAsync("\"type\":\"publish\",\"topic\":\"app.user.bob@example~2Ecom.x\",\"data\":1");
        await bob.ResultAsync("\"type\":\"publish\",\"topic\":\"app.all\",\"data\":2");
        Assert.Equal("app.user.bob@example~2Ecom.x", (await bob.NextAsync("record")).Text("topic"));
        Assert.Equal("app.all", (await ann.NextAsync("record")).Text("topic"));
    }

    private void AssertMine(JsonElement record)
    {
        var swarm = record.TryGetProperty("swarm", out var s) ? s.GetString() : null;
        Assert.True(swarm == "mine" || record.Text("topic") == "app.user.ann.x", $"{record}");
        Assert.DoesNotContain(_theirs, record.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("theirs", record.GetRawText(), StringComparison.Ordinal);
    }

    private async Task<RawClient> WorkerAsync(string token, string agent, string swarm, int slots = 1)
    {
        var client = await _hub.ConnectAsync(token);
        var welcome = await client.HelloAsync($",\"agent\":{{\"id\":\"{agent}\",\"secret\":\"the secret of {agent}\",\"swarm\":\"{swarm}\",\"slots\":{slots}}}");
        Assert.True(welcome.Is("welcome"), $"{welcome}");
        return client;
    }

    private static async Task<string> CreateAsync(RawClient client, string swarm) =>
        (await client.ResultAsync($"\"type\":\"task.create\",\"tasks\":[{{\"title\":\"x\",\"swarm\":\"{swarm}\"}}]")).GetProperty("tasks")[0].Text("id")!;

    private static IEnumerable<string?> Ids(JsonElement page, string name) => page.GetProperty(name).EnumerateArray().Select(e => e.Text("id"));
}
