using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Core.Tests.Support;
using Waggle.Core.Tokens;
using Waggle.Protocol;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Tokens;

public sealed class RevokeTokenTests : IAsyncLifetime
{
    private static readonly Principal Ann = Principal.Local("default", "ann");

    private RunningHive _running = null!;

    public async ValueTask InitializeAsync() => _running = await RunningHive.StartAsync();

    public ValueTask DisposeAsync() => _running.DisposeAsync();

    private DateTimeOffset Tomorrow => _running.Time.GetUtcNow().AddDays(1);

    [Fact]
    public async Task A_revoked_token_is_known_at_once_and_after_a_restart()
    {
        Assert.Null((await _running.Ask(new RevokeToken("t1", Tomorrow) { By = Ann })).Error);
        Assert.True(_running.Hive.Revoked.Contains("t1"));
        Assert.False(_running.Hive.Revoked.Contains("t2"));
        Assert.False(_running.Hive.Revoked.Contains(null));

        var (store, time) = (_running.Store, _running.Time);
        await _running.DisposeAsync();
        _running = await RunningHive.StartAsync(store: store, time: time);
        Assert.True(_running.Hive.Revoked.Contains("t1"));
    }

    [Fact]
    public async Task A_second_revocation_changes_nothing()
    {
        await _running.Ask(new RevokeToken("t1", Tomorrow) { By = Ann });
        var head = _running.Hive.Head;
        Assert.Null((await _running.Ask(new RevokeToken("t1", Tomorrow) { By = Ann })).Error);
        Assert.Equal(head, _running.Hive.Head);
    }

    [Fact]
    public async Task A_longer_revocation_prolongs_the_first()
    {
        await _running.Ask(new RevokeToken("t1", Tomorrow) { By = Ann });
        await _running.Ask(new RevokeToken("t1", Tomorrow.AddDays(30)) { By = Ann });
        _running.Time.Advance(TimeSpan.FromDays(3));
        await _running.Ask(new ListSwarms { By = Ann });

        Assert.True(_running.Hive.Revoked.Contains("t1"));
    }

    [Fact]
    public async Task A_revocation_is_forgotten_once_the_token_has_expired()
    {
        await _running.Ask(new RevokeToken("t1", Tomorrow) { By = Ann });
        _running.Time.Advance(TimeSpan.FromDays(1));
        await _running.Ask(new ListSwarms { By = Ann });
        Assert.True(_running.Hive.Revoked.Contains("t1"));
        await Eventually.Async(
            async () =>
            {
                _running.Time.Advance(TimeSpan.FromMinutes(10));
                await _running.Ask(new ListSwarms { By = Ann });
                return !_running.Hive.Revoked.Contains("t1");
            },
            "the revocation ends");
        Assert.Empty(await _running.Store.GetAsync("default", [RevokedTokenEntity.KeyOf("t1")], CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\u0001b")]
    public async Task A_token_id_is_one_line_of_text(string id) =>
        Assert.Equal(ErrorCodes.InvalidRequest, (await _running.Ask(new RevokeToken(id, Tomorrow) { By = Ann })).Error!.Code);

    [Fact]
    public async Task A_token_that_is_limited_to_swarms_revokes_none()
    {
        var limited = Ann with { Swarms = new HashSet<string>(StringComparer.Ordinal) { "default" } };
        var error = (await _running.Ask(new RevokeToken("t1", Tomorrow) { By = limited })).Error!;

        Assert.Equal((ErrorCodes.Forbidden, true), (error.Code, error.Message.Contains("limited to swarms", StringComparison.Ordinal)));
        Assert.False(_running.Hive.Revoked.Contains("t1"));
    }

    [Fact]
    public async Task A_time_in_the_past_or_too_far_away_is_refused()
    {
        Assert.Equal(ErrorCodes.InvalidRequest, (await _running.Ask(new RevokeToken("t1", _running.Time.GetUtcNow()) { By = Ann })).Error!.Code);
        Assert.Equal(ErrorCodes.InvalidRequest, (await _running.Ask(new RevokeToken("t1", DateTimeOffset.MaxValue) { By = Ann })).Error!.Code);
    }

    [Fact]
    public void A_watch_is_called_once_when_its_token_is_revoked_and_not_after_its_end()
    {
        var tokens = new RevokedTokens();
        var calls = 0;
        using (tokens.OnRevoked("t1", () => calls++))
        {
            tokens.Add("t2");
            Assert.Equal(0, calls);
            tokens.Add("t1");
            Assert.Equal(1, calls);
        }

        tokens.Add("t1");
        Assert.Equal(1, calls);
        using var late = tokens.OnRevoked("t1", () => calls++);
        Assert.Equal(2, calls);
    }
}
