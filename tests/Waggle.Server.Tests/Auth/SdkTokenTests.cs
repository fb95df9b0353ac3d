using System.Collections.Concurrent;
using Waggle.Client;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Auth;

/// <summary>
/// The SDK with a real hub that requires tokens. Each has a clock of its own, and both advance together. The only timer on the client's clock is its next
/// refresh, so a test sees whether it is set before the time advances.
/// </summary>
public sealed class SdkTokenTests : IAsyncLifetime
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly FakeTime _time = new();
    private readonly FakeTime _clients = new();
    private readonly ConcurrentQueue<string> _troubles = new();
    private AuthHub _hub = null!;
    private int _asked;
    private bool _provides;

    public async ValueTask InitializeAsync() => _hub = await AuthHub.StartAsync(time: _time);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task A_connection_outlives_its_first_token_when_there_is_a_provider()
    {
        await using var client = await WaggleConnection.ConnectAsync(Options(_ => new(Token())));
        Assert.Equal(_time.GetUtcNow() + Life, client.Welcome!.TokenExpiresAt);
        await PassAsync(client, Life * 3);
        Assert.Equal(1, client.Generation);
        Assert.InRange(_asked, 3, 8);
        Assert.Empty(_troubles);
    }

    [Fact]
    public async Task A_provider_that_is_away_is_told_of_and_asked_again()
    {
        await using var client = await WaggleConnection.ConnectAsync(Options(_ => _asked is 1 or 2 ? throw new IOException($"no issuer {_asked++}") : new(Token())));
        await PassAsync(client, Life * 2);
        Assert.Equal(1, client.Generation);
        Assert.Equal([ClientErrorCodes.NoToken, ClientErrorCodes.NoToken], _troubles);
    }

    [Fact]
    public async Task After_the_end_of_a_token_a_fresh_one_opens_the_next_connection()
    {
        // The provider returns the same token until the test changes it, so no refresh is possible, and the hub closes with 4503.
        var token = Token();
        var lapsed = false;
        var lost = new ConcurrentQueue<string>();
        var options = Options(_ => new(Volatile.Read(ref lapsed) ? Token() : token));
        options.OnTokenTrouble = null;
        options.OnDisconnected = e =>
        {
            lost.Enqueue(((WaggleException)e).Code);
            Volatile.Write(ref lapsed, true);
        };
        await using var client = await WaggleConnection.ConnectAsync(options);
        await PassAsync(client, Life - TimeSpan.FromSeconds(1));
        await Eventually.Async(() =>
        {
            Advance(TimeSpan.FromSeconds(1));
            return client.Generation == 2;
        });
        Assert.Equal([ErrorCodes.Unauthenticated], lost);
        Assert.True(client.Welcome!.TokenExpiresAt > _start + Life);
    }

    [Fact]
    public async Task A_lapsed_connection_with_a_token_of_its_own_ends_with_the_hubs_word()
    {
        var options = Options(null);
        options.Token = Token();
        await using var client = await WaggleConnection.ConnectAsync(options);
        await PassAsync(client, Life + TimeSpan.FromSeconds(55));
        Advance(TimeSpan.FromSeconds(5));
        var ended = await Assert.ThrowsAsync<WaggleException>(() => client.Completion.WaitAsync(Eventually.Patience));
        Assert.Equal(ErrorCodes.Unauthenticated, ended.Code);
        Assert.Contains("4503", ended.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense", "The token is not a JSON Web Token")]
    [InlineData(null, "A token is required")]
    public async Task What_the_hub_says_of_a_bad_token_is_heard_at_once(string? token, string expected)
    {
        var options = Options(null);
        options.Token = token;
        options.ConnectTimeout = Timeout.InfiniteTimeSpan;
        var refused = await Assert.ThrowsAsync<WaggleException>(() => WaggleConnection.ConnectAsync(options).WaitAsync(Eventually.Patience));
        Assert.Equal(ErrorCodes.Unauthenticated, refused.Code);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_is_given_a_second_chance_and_no_third()
    {
        var options = Options(_ => new($"bad-{++_asked}"));
        options.ConnectTimeout = Timeout.InfiniteTimeSpan;
        options.Time = TimeProvider.System;
        var refused = await Assert.ThrowsAsync<WaggleException>(() => WaggleConnection.ConnectAsync(options).WaitAsync(Eventually.Patience));
        Assert.Equal((ErrorCodes.Unauthenticated, 2), (refused.Code, _asked));
    }

    private readonly DateTimeOffset _start = new FakeTime().GetUtcNow();

    private WaggleClientOptions Options(Func<CancellationToken, ValueTask<string?>>? provider)
    {
        _provides = provider is not null;
        return new()
        {
            Url = _hub.Server.Url,
            Time = _clients,
            TokenProvider = provider,
            BackoffBase = TimeSpan.FromMilliseconds(1),
            OnTokenTrouble = e => _troubles.Enqueue(((WaggleException)e).Code),
        };
    }

    private string Token()
    {
        _asked++;
        return _hub.Token("ann", ["observer"], life: Life);
    }

    // The client sends regular signs of life, because the hub takes one that is silent for a minute for dead.
    private async Task PassAsync(WaggleConnection client, TimeSpan time)
    {
        for (var step = TimeSpan.FromSeconds(5); time > TimeSpan.Zero; time -= step)
        {
            // A refresh that is under way is finished first: a client whose clock runs ahead of it would be late.
            if (_provides) await Eventually.Async(() => _clients.Waiting > 0, "the next refresh to be set");
            Advance(time < step ? time : step);
            await client.RequestAsync(new SwarmList(), repeatable: true);
        }
    }

    private void Advance(TimeSpan by)
    {
        _time.Advance(by);
        _clients.Advance(by);
    }
}
