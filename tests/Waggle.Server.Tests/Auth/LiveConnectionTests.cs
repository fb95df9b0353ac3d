using System.Globalization;
using Waggle.Server.Tests.SocketIO;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Auth;

/// <summary>A connection lasts as long as its token, by the hub's clock.</summary>
public sealed class LiveConnectionTests : IAsyncLifetime
{
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);

    private readonly FakeTime _time = new();
    private readonly DateTimeOffset _start = new FakeTime().GetUtcNow();
    private AuthHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await AuthHub.StartAsync(time: _time);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task The_client_is_told_until_when_then_warned_then_sent_away()
    {
        var client = await _hub.ClientAsync(Short("ann"));
        var end = _time.GetUtcNow().AddMinutes(10);
        Assert.Equal(end, TimeOf(client.Welcome.Text("token_expires_at")));
        await PassAsync(client, TimeSpan.FromMinutes(9) - TimeSpan.FromMilliseconds(1));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var warning = await client.NextAsync("auth.expiring");
        Assert.Equal(end, TimeOf(warning.Text("token_expires_at")));
        await PassAsync(client, TimeSpan.FromMinutes(1) + Leeway - TimeSpan.FromMilliseconds(1));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var bye = await client.NextAsync("bye");
        Assert.Equal(4503, bye.Number("code"));
        Assert.Equal(4503, (await client.Closed).Code);
        Assert.Equal((401, "UNAUTHENTICATED"), await _hub.StatusAsync(HttpMethod.Get, "/api/v1/swarms", _old));
    }

    [Fact]
    public async Task A_refreshed_connection_goes_on()
    {
        var client = await _hub.ClientAsync(Short("ann"));
        await PassAsync(client, TimeSpan.FromMinutes(9));
        var fresh = await client.ResultAsync($"\"type\":\"auth.refresh\",\"token\":\"{Short("ann")}\"");
        Assert.Equal(_time.GetUtcNow().AddMinutes(10), TimeOf(fresh.Text("token_expires_at")));
        await PassAsync(client, TimeSpan.FromMinutes(11) - TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(4503, (await client.Closed).Code);
    }

    [Fact]
    public async Task A_token_that_is_not_taken_or_is_for_somebody_else_changes_nothing()
    {
        var client = await _hub.ClientAsync(Short("ann"));
        Assert.Equal("UNAUTHENTICATED", await client.ErrorAsync("\"type\":\"auth.refresh\",\"token\":\"x\""));
        Assert.Equal("UNAUTHENTICATED", await client.ErrorAsync("\"type\":\"auth.refresh\",\"token\":\"\""));
        Assert.Equal("FORBIDDEN", await client.ErrorAsync($"\"type\":\"auth.refresh\",\"token\":\"{_hub.Admin}\""));
        Assert.Equal("FORBIDDEN", await client.ErrorAsync("\"type\":\"swarm.create\",\"name\":\"x\""));
        await PassAsync(client, TimeSpan.FromMinutes(11) - TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(4503, (await client.Closed).Code);
    }

    [Fact]
    public async Task What_a_fresh_token_permits_counts_for_subscriptions_that_are_there()
    {
        var client = await _hub.ClientAsync(_hub.Token("ann", permissions: ["read:tasks", "read:swarms"]));
        await client.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"#\"]");
        await client.ResultAsync($"\"type\":\"auth.refresh\",\"token\":\"{_hub.Token("ann", permissions: ["read:swarms"])}\"");
        var admin = await _hub.ClientAsync(_hub.Admin);
        await admin.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"x\"}]");
        await admin.ResultAsync("\"type\":\"swarm.create\",\"name\":\"s\",\"swarm\":\"s\"");
        while (true)
        {
            var record = await client.NextAsync("record");
            Assert.StartsWith("swarm.", record.Text("topic"), StringComparison.Ordinal);
            if (record.Text("kind") == "swarm_created") break;
        }
    }

    [Fact]
    public async Task A_worker_refreshes_for_the_same_agent_and_its_lease_outlasts_the_connection()
    {
        const string Hello = ",\"agent\":{\"id\":\"bee\",\"secret\":\"the secret of the bee\",\"holding\":[";
        var worker = await _hub.ConnectAsync(_hub.Token("bob", ["worker"], life: TimeSpan.FromMinutes(10)));
        await worker.HelloAsync(Hello + "]}");
        Assert.Equal("FORBIDDEN", await worker.ErrorAsync($"\"type\":\"auth.refresh\",\"token\":\"{_hub.Token("bob", ["observer"])}\""));
        Assert.Equal("FORBIDDEN", await worker.ErrorAsync($"\"type\":\"auth.refresh\",\"token\":\"{_hub.Token("bob", ["worker"], agent: "wasp")}\""));
        Assert.Equal("FORBIDDEN", await worker.ErrorAsync($"\"type\":\"auth.refresh\",\"token\":\"{_hub.Token("bob", ["worker"], swarms: ["default"])}\""));
        var admin = await _hub.ClientAsync(_hub.Admin);
        await admin.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"x\",\"lease_ms\":3600000}]");
        var assign = await worker.NextAsync("assign");
        await worker.ResultAsync($"\"type\":\"task.start\",{assign.Lease()}");
        await PassAsync(worker, TimeSpan.FromMinutes(11) - TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(4503, (await worker.Closed).Code);
        var again = await _hub.ConnectAsync(_hub.Token("bob", ["worker"]));
        var welcome = await again.HelloAsync($"{Hello}{assign.LeaseRef()}]}}");
        Assert.Equal(1, welcome.GetProperty("agent").GetProperty("keep").GetArrayLength());
        await again.ResultAsync($"\"type\":\"task.complete\",{assign.Lease()}");
    }

    [Fact]
    public async Task A_stream_of_events_ends_with_its_token()
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(_hub.Server.Url, $"/api/v1/events?token={Short("ann")}"), HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        await UntilAsync(lines, "event: position");
        _time.Advance(TimeSpan.FromMinutes(9));
        await UntilAsync(lines, "event: auth-expiring");
        _time.Advance(TimeSpan.FromMinutes(2));
        await UntilAsync(lines, "event: bye");
        Assert.Contains("4503", await lines.ReadLineAsync().WaitAsync(Eventually.Patience), StringComparison.Ordinal);
        while (await lines.ReadLineAsync().WaitAsync(Eventually.Patience) is not null)
        {
        }
    }

    [Fact]
    public async Task A_token_that_lapsed_while_the_machine_slept_is_good_for_no_command()
    {
        var client = await _hub.ClientAsync(Short("ann"));
        _time.Jump(TimeSpan.FromHours(8));
        var answer = client.ErrorAsync("\"type\":\"swarm.list\"");
        Assert.Equal(4503, (await client.Closed).Code);
        await Assert.ThrowsAnyAsync<Exception>(() => answer);
    }

    [Fact]
    public async Task A_token_that_lapsed_while_the_machine_slept_hears_nothing_more()
    {
        var client = await _hub.ClientAsync(Short("ann"));
        await client.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"#\"]");
        _time.Jump(TimeSpan.FromHours(8));
        var admin = await _hub.ClientAsync(_hub.Token("root", ["admin"], life: TimeSpan.FromDays(1)));
        await admin.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"x\"}]");
        Assert.Equal("bye", (await client.NextAsync()).Text("type"));
        Assert.Equal(4503, (await client.Closed).Code);
    }

    [Fact]
    public async Task A_wall_clock_that_is_set_back_does_not_prolong_a_token()
    {
        var client = await _hub.ClientAsync(Short("ann"));
        _time.Jump(TimeSpan.FromHours(-8));
        await PassAsync(client, TimeSpan.FromMinutes(11) - TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(4503, (await client.Closed).Code);
    }

    [Fact]
    public async Task A_stream_of_events_ends_with_a_token_that_lapsed_while_the_machine_slept()
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(_hub.Server.Url, $"/api/v1/events?token={Short("ann")}"), HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        await UntilAsync(lines, "event: position");
        _time.Jump(TimeSpan.FromHours(8));
        var admin = await _hub.ClientAsync(_hub.Token("root", ["admin"], life: TimeSpan.FromDays(1)));
        await admin.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"x\"}]");
        await UntilAsync(lines, "event: bye");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_Socket_IO_client_whose_token_lapsed_while_the_machine_slept_hears_nothing_more_and_may_ask_nothing(bool asks)
    {
        using var client = await SioClient.JoinAsync(_hub.Server.Url, $"{{\"token\":\"{Short("ann")}\"}}");
        await client.AskAsync("\"subscribe\",\"tasks\"");
        _time.Jump(TimeSpan.FromHours(8));
        if (asks)
        {
            await client.SendAsync("425[\"subscribe\",\"agents\"]");
        }
        else
        {
            var admin = await _hub.ClientAsync(_hub.Token("root", ["admin"], life: TimeSpan.FromDays(1)));
            await admin.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"a secret\"}]");
        }

        while (await client.ReadAsync() is { } said)
        {
            Assert.DoesNotContain("a secret", said, StringComparison.Ordinal);
            Assert.DoesNotContain("subscribed", said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_poll_whose_token_lapsed_while_the_machine_slept_gets_no_work()
    {
        var admin = await _hub.ClientAsync(_hub.Token("root", ["admin"], life: TimeSpan.FromDays(1)));
        var poll = _hub.SendAsync(HttpMethod.Post, "/api/v1/leases", _hub.Token("bob", ["worker"], life: TimeSpan.FromMinutes(10)), Poll("bee", 60_000));
        await Eventually.Async(async () => (await admin.ResultAsync("\"type\":\"agent.list\"")).GetProperty("agents").GetArrayLength() == 1, "the poller to be there");
        _time.Jump(TimeSpan.FromHours(8));
        await admin.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"x\"}]");

        var (status, body, _) = await Eventually.Get(poll, "the answer to the poll");
        Assert.Equal((200, 0), ((int)status, body.GetProperty("leases").GetArrayLength()));

        // It was handed back at once.
        var next = _hub.Token("eve", ["worker"], life: TimeSpan.FromDays(1));
        (status, body, _) = await _hub.SendAsync(HttpMethod.Post, "/api/v1/leases", next, Poll("wasp", 0));
        Assert.Equal((200, 1), ((int)status, body.GetProperty("leases").GetArrayLength()));
    }

    [Fact]
    public async Task A_poll_ends_with_its_token_and_not_with_its_wait()
    {
        var token = _hub.Token("bob", ["worker"], life: TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(10) + Leeway - TimeSpan.FromSeconds(5));
        var poll = _hub.SendAsync(HttpMethod.Post, "/api/v1/leases", token, Poll("bee", 60_000));
        var admin = await _hub.ClientAsync(_hub.Token("root", ["admin"], life: TimeSpan.FromDays(1)));
        await Eventually.Async(async () => (await admin.ResultAsync("\"type\":\"agent.list\"")).GetProperty("agents").GetArrayLength() == 1, "the poller to be there");
        await _time.AdvanceUntilAsync(() => poll.IsCompleted || _time.GetUtcNow() > _start + TimeSpan.FromMinutes(10) + Leeway, TimeSpan.FromSeconds(1));
        Assert.Equal(204, (int)(await Eventually.Get(poll, "the answer to the poll")).Status);
    }

    private static string Poll(string agent, int waitMs) => $"{{\"agent\":\"{agent}\",\"secret\":\"the secret of {agent}\",\"wait_ms\":{waitMs}}}";

    // A client sends regular signs of life, because the hub takes one that is silent over a minute of its time for dead.
    private async Task PassAsync(RawClient client, TimeSpan time)
    {
        for (var step = TimeSpan.FromSeconds(10); time > TimeSpan.Zero; time -= step)
        {
            _time.Advance(time < step ? time : step);
            await client.EchoAsync();
        }
    }

    private string _old = "";

    private string Short(string subject) => _old = _hub.Token(subject, ["observer"], life: TimeSpan.FromMinutes(10));

    private static DateTimeOffset TimeOf(string? text) => DateTimeOffset.Parse(text!, CultureInfo.InvariantCulture);

    private static async Task UntilAsync(StreamReader lines, string wanted)
    {
        while (await lines.ReadLineAsync().WaitAsync(Eventually.Patience) is { } line)
        {
            if (line == wanted) return;
        }

        Assert.Fail($"The stream ended before '{wanted}'.");
    }
}
