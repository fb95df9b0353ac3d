using Waggle.Protocol.Messages;
using Waggle.TestKit;

namespace Waggle.Client.Tests;

public sealed class TokenTests
{
    [Fact]
    public async Task A_provider_is_asked_at_each_connection()
    {
        await using var hub = ScriptedHub.Start();
        var asked = 0;
        var options = Rigs.ClientOptions(hub);
        options.TokenProvider = _ => new($"token-{++asked}");
        await using var client = await WaggleClient.ConnectAsync(options);
        var first = await hub.NextSessionAsync();
        first.Abort();
        var second = await hub.NextSessionAsync();
        Assert.Equal(("token-1", "token-2"), (first.Hello!.Token, second.Hello!.Token));
        Assert.Contains("Authorization: Bearer token-2", second.Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_fails_is_asked_again()
    {
        await using var hub = ScriptedHub.Start();
        var asked = 0;
        var troubles = new List<string>();
        var options = Rigs.ClientOptions(hub);
        options.TokenProvider = _ => ++asked < 3 ? throw new IOException("no issuer") : new("t");
        options.OnDisconnected = e => troubles.Add(((WaggleException)e).Code);
        await using var client = await WaggleClient.ConnectAsync(options);
        Assert.Equal([ClientErrorCodes.NoToken, ClientErrorCodes.NoToken], troubles);
        Assert.Equal("t", (await hub.NextSessionAsync()).Hello!.Token);
    }

    [Fact]
    public async Task A_provider_that_always_fails_is_named_when_patience_ends()
    {
        await using var hub = ScriptedHub.Start();
        var options = Rigs.ClientOptions(hub);
        options.ConnectTimeout = TimeSpan.FromMilliseconds(200);
        options.TokenProvider = _ => throw new IOException("no issuer");
        var trouble = await Assert.ThrowsAsync<WaggleException>(() => WaggleClient.ConnectAsync(options));
        Assert.Equal(ClientErrorCodes.Unreachable, trouble.Code);
        Assert.Contains("no issuer", trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_warning_for_the_token_of_a_lost_socket_refreshes_nothing_on_the_next()
    {
        await using var hub = ScriptedHub.Start();
        var time = new FakeTime();
        var options = Rigs.ClientOptions(hub, time);
        options.TokenProvider = _ => new("t");
        hub.Greet = (_, hello) => hub.WelcomeFor(hello) with { TokenExpiresAt = time.GetUtcNow() + TimeSpan.FromHours(1) };
        await using var client = await WaggleClient.ConnectAsync(options);
        var first = await hub.NextSessionAsync();
        var warning = new AuthExpiring { TokenExpiresAt = time.GetUtcNow() };

        // The first warning is being followed when the second comes, and the socket breaks before the hub answers.
        await first.SendAsync(warning);
        await first.NextAsync<AuthRefresh>();
        var echo = client.EchoAsync(default);
        await first.SendAsync(warning, Answers.Nothing(await first.NextAsync<Echo>()));
        await Eventually.Get(echo);
        first.Abort();

        var next = hub.NextSessionAsync();
        await time.AdvanceUntilAsync(() => next.IsCompleted, TimeSpan.FromMilliseconds(5), "a reconnect");
        var second = await next;
        for (var i = 0; i < 3; i++)
        {
            echo = client.EchoAsync(default);
            await second.SendAsync(Answers.Nothing(await second.NextAsync<Echo>()));
            await Eventually.Get(echo);
        }

        Assert.Empty(second.Messages.OfType<AuthRefresh>());
    }
}
