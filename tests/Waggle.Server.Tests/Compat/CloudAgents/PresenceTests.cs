using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Compat.CloudAgents;

/// <summary>The presence of users, on a clock that the test moves.</summary>
public sealed class PresenceTests : IAsyncLifetime
{
    private readonly FakeTime _time = new();
    private TestHub _hub = null!;

    private WaggleServer Server => _hub.Server;

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync(o => o with { Time = _time });

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task What_a_user_says_everybody_hears_the_sender_and_the_anonymous_too()
    {
        using var anonymous = await Server.CloudAsync(null);
        using var bob = await Server.HereAsync("bob");
        await Skip(anonymous, 1);
        using var ann = await Server.HereAsync("ann");
        await Skip(anonymous, 1);
        await Skip(bob, 1);

        await ann.SayAsync("away");

        foreach (var client in new[] { ann, bob, anonymous })
        {
            var said = await client.DataAsync("user_presence");
            Assert.Equal("""{"userId":"user_ann","status":"away"}""", said.GetRawText());
        }
    }

    [Fact]
    public async Task Who_comes_is_told_who_is_here()
    {
        using var bob = await Server.HereAsync("bob");
        await bob.SayAsync("busy");
        await bob.DataAsync("user_presence");
        using var ann = await Server.CloudAsync("ann");

        Assert.Equal("""{"userId":"user_bob","status":"busy"}""", (await ann.DataAsync("user_presence")).GetRawText());
        Assert.Equal("""{"userId":"user_ann","status":"online"}""", (await ann.DataAsync("user_presence")).GetRawText());
    }

    [Fact]
    public async Task A_user_is_offline_two_minutes_after_the_last_connection_went()
    {
        using var witness = await Server.HereAsync("witness");
        using var first = await Server.HereAsync("ann");
        using var second = await Server.HereAsync("ann");
        await Skip(witness, 1);
        await first.CloseAsync();
        second.Abort();
        await Eventually.Async(async () => await ConnectionsAsync("user_ann") == 0, "both to be gone");

        await AdvanceAsync(119, witness);
        _time.Advance(TimeSpan.FromSeconds(2));

        // Asking wakes the hive: its own timer may have been set by the time before.
        await Eventually.Async(async () => await ConnectionsAsync("user_ann") is null, "ann to be gone for good");
        Assert.Equal("""{"userId":"user_ann","status":"offline"}""", (await witness.DataAsync("user_presence")).GetRawText());
        Assert.Null(await ConnectionsAsync("user_ann"));
    }

    [Fact]
    public async Task A_reconnect_within_the_grace_is_silent()
    {
        using var witness = await Server.HereAsync("witness");
        var ann = await Server.HereAsync("ann");
        await Skip(witness, 1);
        ann.Dispose();
        await Eventually.Async(async () => await ConnectionsAsync("user_ann") == 0, "ann to be gone");
        await AdvanceAsync(100, witness);
        using var again = await Server.CloudAsync("ann");
        await Eventually.Async(async () => await ConnectionsAsync("user_ann") == 1, "ann to be back");
        Assert.Equal("user_witness", (await again.DataAsync("user_presence")).Text("userId"));
        Assert.Equal("user_ann", (await again.DataAsync("user_presence")).Text("userId"));
        await AdvanceAsync(200, witness, again);
    }

    [Fact]
    public async Task Nobody_speaks_for_another()
    {
        using var bob = await Server.HereAsync("bob");
        using var ann = await Server.HereAsync("ann");
        await Skip(bob, 1);
        foreach (var claim in new[]
        {
            """{"type":"user_presence","data":{"userId":"user_bob","status":"offline"}}""",
            """{"type":"auth","data":{"success":true,"userId":"user_bob"}}""",
            """{"type":"auth","data":{"token":"bob"}}""",
            """{"type":"chat_message","data":{"conversationId":"c","messageId":"m","content":"I resign","sender":"user_bob"}}""",
        })
        {
            await ann.ProblemAsync(claim);
        }

        await ann.SendAsync("""{"type":"user_presence","data":"busy","userId":"user_bob"}""");
        Assert.Equal("user_ann", (await bob.DataAsync("user_presence")).Text("userId"));
        await bob.NothingMoreAsync();
    }

    private static async Task Skip(RawClient client, int messages)
    {
        for (var i = 0; i < messages; i++) await client.DataAsync("user_presence");
    }

    // The hub drops a client that is silent for too long, so these send signs of life in between and receive nothing.
    private async Task AdvanceAsync(int seconds, params RawClient[] heard)
    {
        for (; seconds > 0; seconds -= 20)
        {
            _time.Advance(TimeSpan.FromSeconds(Math.Min(20, seconds)));
            foreach (var client in heard) await client.NothingMoreAsync();
        }
    }

    // Returns null for a user who is not connected.
    private async Task<int?> ConnectionsAsync(string user)
    {
        using var http = new HttpClient();
        using var page = System.Text.Json.JsonDocument.Parse(await http.GetStringAsync(new Uri(Server.Url, "/api/v1/presence")));
        foreach (var one in page.RootElement.GetProperty("users").EnumerateArray())
        {
            if (one.Text("user") == user) return (int)one.Number("connections");
        }

        return null;
    }
}
