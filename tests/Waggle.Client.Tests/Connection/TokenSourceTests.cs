using Waggle.Protocol;

namespace Waggle.Client.Tests.Connection;

public sealed class TokenSourceTests
{
    private static readonly WaggleException Refusal = new(ErrorCodes.Unauthenticated, "lapsed");

    private readonly WaggleClientOptions _options = new() { Token = "fixed" };

    [Fact]
    public async Task Without_a_provider_it_is_the_token_of_the_options()
    {
        var tokens = new TokenSource(_options);
        Assert.Equal("fixed", await tokens.GetAsync(CancellationToken.None));
        Assert.False(tokens.IsRenewable);
        Assert.False(tokens.MayTryAnother(Refusal));
    }

    [Fact]
    public void A_provider_gets_a_second_chance_and_no_third()
    {
        var tokens = Provided();
        Assert.True(tokens.MayTryAnother(Refusal));
        Assert.False(tokens.MayTryAnother(Refusal));

        tokens.Accepted();
        Assert.True(tokens.MayTryAnother(Refusal));
    }

    [Fact]
    public void A_refusal_for_another_reason_has_nothing_to_do_with_the_token() =>
        Assert.False(Provided().MayTryAnother(new(ErrorCodes.Forbidden, "no")));

    [Fact]
    public async Task A_provider_that_fails_is_named()
    {
        _options.TokenProvider = _ => throw new IOException("no issuer");
        var failure = await Assert.ThrowsAsync<WaggleException>(() => new TokenSource(_options).GetAsync(CancellationToken.None).AsTask());
        Assert.Equal(ClientErrorCodes.NoToken, failure.Code);
        Assert.IsType<IOException>(failure.InnerException);
    }

    private TokenSource Provided()
    {
        _options.TokenProvider = _ => new("fresh");
        return new TokenSource(_options);
    }
}
