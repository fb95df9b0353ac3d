using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Connection;

public sealed class TokenRefresherTests : IDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private readonly FakeTime _time = new();
    private readonly List<string> _sent = [];
    private readonly WaggleClientOptions _options;
    private readonly TokenRefresher _refresher;
    private Func<Task<AuthRefreshed>> _answer;
    private int _asked;

    public TokenRefresherTests()
    {
        _options = new() { Time = _time, TokenProvider = _ => new($"token-{++_asked}") };
        _answer = () => Task.FromResult(new AuthRefreshed(null));
        _refresher = new TokenRefresher(_options, new TokenSource(_options), (token, _) =>
        {
            _sent.Add(token);
            return _answer();
        });
    }

    public void Dispose() => _refresher.Dispose();

    [Fact]
    public async Task A_token_is_refreshed_when_a_fifth_of_its_life_is_left()
    {
        var (start, refreshed) = (_time.GetUtcNow(), default(DateTimeOffset));
        _answer = () =>
        {
            refreshed = _time.GetUtcNow();
            return Task.FromResult(new AuthRefreshed(null));
        };

        await RunAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(["token-1"], _sent);
        Assert.InRange((refreshed - start).TotalMinutes, 48, 49);
    }

    [Fact]
    public async Task A_warning_of_the_hub_refreshes_the_token_at_once()
    {
        var running = _refresher.RunAsync(_time.GetUtcNow() + Life, CancellationToken.None);
        Assert.Empty(_sent);

        _refresher.Expiring();

        await running.WaitAsync(Eventually.Patience);
        Assert.Equal(["token-1"], _sent);
    }

    [Fact]
    public async Task A_token_that_is_not_taken_is_tried_again_until_it_lapses()
    {
        var troubles = new List<string>();
        _options.OnTokenTrouble = e => troubles.Add(((WaggleException)e).Code);
        _answer = () => throw new WaggleException(ErrorCodes.Forbidden, "another subject");

        await RunAsync(TimeSpan.FromMinutes(1));

        Assert.True(_sent.Count > 1, "one attempt only");
        Assert.Equal(_sent.Count, troubles.Count);
        Assert.All(troubles, t => Assert.Equal(ErrorCodes.Forbidden, t));
    }

    [Fact]
    public async Task The_token_of_the_options_has_no_successor()
    {
        _options.TokenProvider = null;
        _options.Token = "fixed";

        await _refresher.RunAsync(_time.GetUtcNow() + Life, CancellationToken.None);

        Assert.Empty(_sent);
    }

    [Fact]
    public async Task A_token_that_never_lapses_is_not_refreshed()
    {
        await _refresher.RunAsync(lapses: null, CancellationToken.None);
        Assert.Equal((0, 0), (_asked, _sent.Count));
    }

    [Fact]
    public async Task The_end_of_the_socket_ends_the_wait()
    {
        using var ended = new CancellationTokenSource();
        var running = _refresher.RunAsync(_time.GetUtcNow() + Life, ended.Token);

        await ended.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Eventually.Patience));
        Assert.Empty(_sent);
    }

    private async Task RunAsync(TimeSpan step)
    {
        var running = _refresher.RunAsync(_time.GetUtcNow() + Life, CancellationToken.None);
        await _time.AdvanceUntilAsync(() => running.IsCompleted, step, "the end of the refreshing");
        await running;
    }
}
