using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Access;

public class TokenLifeTests
{
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);

    private readonly FakeTime _time = new();

    [Fact]
    public void It_ends_after_its_leeway()
    {
        var life = Of(TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal((TimeSpan.Zero, false), (life.LeftUntilExpiry, life.IsOver));
        _time.Advance(Leeway);
        Assert.True(life.IsOver);
    }

    [Fact]
    public void Time_that_the_machine_slept_counts()
    {
        var life = Of(TimeSpan.FromMinutes(10));
        _time.Jump(TimeSpan.FromHours(8));
        Assert.True(life.IsOver);
    }

    [Fact]
    public void A_wall_clock_that_is_set_back_prolongs_nothing()
    {
        var life = Of(TimeSpan.FromMinutes(10));
        _time.Jump(TimeSpan.FromHours(-8));
        _time.Advance(TimeSpan.FromMinutes(10) + Leeway - TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(1), life.Left);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(life.IsOver);
    }

    [Fact]
    public void A_credential_without_an_end_has_none() => Assert.Null(TokenLife.Of(new Credential(TestHive.User), _time, new RevokedTokens()));

    private TokenLife Of(TimeSpan life)
    {
        var end = _time.GetUtcNow() + life;
        return TokenLife.Of(new Credential(TestHive.User, end, end + Leeway), _time, new RevokedTokens())!;
    }
}
