using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Server.Auth;

namespace Waggle.Server.Tests.Auth;

public sealed class VerifiedTokensTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Credential Ann = new(Principal.Local("default", "ann"), Now.AddMinutes(10), Now.AddMinutes(11));

    [Fact]
    public void A_token_is_known_until_its_leeway_has_passed()
    {
        var tokens = new VerifiedTokens();
        tokens.Add("t", null, Ann);
        Assert.Same(Ann, tokens.Find("t", null, Now.AddMinutes(11).AddTicks(-1)));
        Assert.Null(tokens.Find("t", null, Now.AddMinutes(11)));
        Assert.Null(tokens.Find("T", null, Now));
    }

    [Fact]
    public void Other_keys_make_every_token_be_verified_anew()
    {
        var (before, after) = (new object(), new object());
        var tokens = new VerifiedTokens();
        tokens.Add("t", before, Ann);
        Assert.NotNull(tokens.Find("t", before, Now));
        Assert.Null(tokens.Find("t", after, Now));
        Assert.Null(tokens.Find("t", before, Now));
    }

    [Fact]
    public void It_holds_no_more_than_it_may()
    {
        var tokens = new VerifiedTokens(capacity: 10);
        for (var i = 0; i < 1000; i++) tokens.Add($"t{i}", null, Ann);
        Assert.InRange(Enumerable.Range(0, 1000).Count(i => tokens.Find($"t{i}", null, Now) is not null), 1, 10);
    }
}
