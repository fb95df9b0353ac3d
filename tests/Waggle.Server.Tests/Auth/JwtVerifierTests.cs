using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Waggle.Server.Auth;

namespace Waggle.Server.Tests.Auth;

/// <summary>Known attacks on verifiers of tokens, each against the hub's.</summary>
public sealed class JwtVerifierTests : IDisposable
{
    private readonly Forge _forge = new();

    public void Dispose() => _forge.Dispose();

    [Fact]
    public void A_good_token_of_each_algorithm_is_taken()
    {
        Taken(_forge.Token());
        Taken(Forge.Sign($"{Forge.Part(Forge.Header("RS256", "rsa").ToJsonString())}.{Forge.Part(Forge.Claims().ToJsonString())}", _forge.WithRsa));
        Taken(Forge.Sign($"{Forge.Part(Forge.Header("HS256", "secret").ToJsonString())}.{Forge.Part(Forge.Claims().ToJsonString())}", _forge.WithSecret));
    }

    [Fact]
    public void A_token_that_names_no_key_is_taken_where_one_key_only_has_its_algorithm() => Taken(_forge.Token(Forge.Header(kid: null)));

    [Theory]
    [InlineData("JWT")]
    [InlineData("jwt")]
    [InlineData("at+jwt")]
    [InlineData("application/at+jwt")]
    [InlineData("application/jwt")]
    public void An_access_token_is_taken_in_each_form_of_its_type(string typ) =>
        Taken(_forge.Token($$"""{"alg":"ES256","kid":"ec","typ":"{{typ}}"}""", Forge.Claims().ToJsonString()));

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("nOnE")]
    [InlineData("")]
    [InlineData("es256")]
    [InlineData("ES384")]
    [InlineData("PS256")]
    [InlineData("HS512")]
    [InlineData("RSA-OAEP")]
    [InlineData(" ES256")]
    [InlineData("ES256\u0000")]
    public void An_algorithm_that_is_not_one_of_three_is_refused(string alg)
    {
        var signed = $"{Forge.Part(Forge.Header(alg).ToJsonString())}.{Forge.Part(Forge.Claims().ToJsonString())}";
        Refused(JwtFault.Algorithm, $"{signed}.");
        Refused(JwtFault.Algorithm, Forge.Sign(signed, _forge.WithEc));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"alg":null,"kid":"ec"}""")]
    [InlineData("""{"alg":["ES256"],"kid":"ec"}""")]
    [InlineData("""{"alg":256,"kid":"ec"}""")]
    public void An_algorithm_that_is_no_text_is_refused(string header) => Refused(JwtFault.Algorithm, _forge.Token(header, Forge.Claims().ToJsonString()));

    [Fact]
    public void A_public_key_is_no_secret()
    {
        var signed = $"{Forge.Part(Forge.Header("HS256", "rsa").ToJsonString())}.{Forge.Part(Forge.Claims().ToJsonString())}";
        foreach (var secret in new[]
        {
            Encoding.ASCII.GetBytes(_forge.Rsa.ExportSubjectPublicKeyInfoPem()),
            Encoding.ASCII.GetBytes(_forge.Rsa.ExportSubjectPublicKeyInfoPem() + "\n"),
            Encoding.ASCII.GetBytes(_forge.Rsa.ExportRSAPublicKeyPem()),
            _forge.Rsa.ExportSubjectPublicKeyInfo(),
            _forge.Rsa.ExportParameters(false).Modulus!,
            [],
        })
        {
            Refused(JwtFault.Algorithm, Forge.Sign(signed, data => HMACSHA256.HashData(secret, data)));
        }
    }

    [Theory]
    [InlineData("RS256", "ec")]
    [InlineData("ES256", "rsa")]
    [InlineData("ES256", "secret")]
    [InlineData("HS256", "ec")]
    public void A_key_has_one_algorithm_whatever_the_token_says(string alg, string kid) => Refused(JwtFault.Algorithm, _forge.Token(Forge.Header(alg, kid)));

    [Theory]
    [InlineData("other")]
    [InlineData("")]
    [InlineData("EC")]
    [InlineData("../../../../dev/null")]
    [InlineData("/proc/self/environ")]
    [InlineData("ec' OR '1'='1")]
    [InlineData("ec\u0000")]
    [InlineData("https://evil.example/keys")]
    [InlineData("|cat /etc/passwd")]
    public void A_name_of_a_key_is_a_name_and_nothing_else(string kid)
    {
        Refused(JwtFault.UnknownKey, _forge.Token(Forge.Header(kid: kid)));
        var signed = $"{Forge.Part(Forge.Header("HS256", kid).ToJsonString())}.{Forge.Part(Forge.Claims().ToJsonString())}";
        Refused(JwtFault.UnknownKey, Forge.Sign(signed, data => HMACSHA256.HashData(Array.Empty<byte>(), data)));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("[\"ec\"]")]
    [InlineData("{}")]
    public void A_name_of_a_key_is_text(string kid) => Refused(JwtFault.Header, _forge.Token($$"""{"alg":"ES256","kid":{{kid}}}""", Forge.Claims().ToJsonString()));

    [Theory]
    [InlineData("jku", "\"https://evil.example/keys\"")]
    [InlineData("x5u", "\"https://evil.example/cert\"")]
    [InlineData("x5c", "[\"MIIB\"]")]
    [InlineData("crit", "[\"exp\"]")]
    [InlineData("crit", "[]")]
    [InlineData("typ", "\"JWE\"")]
    [InlineData("typ", "1")]
    public void A_header_that_brings_keys_or_extensions_is_refused(string name, string value) =>
        Refused(JwtFault.Header, _forge.Token($$"""{"alg":"ES256","kid":"ec","{{name}}":{{value}}}""", Forge.Claims().ToJsonString()));

    [Fact]
    public void A_key_that_comes_with_the_token_is_not_used()
    {
        using var attacker = new Forge();
        foreach (var kid in new[] { "ec", "evil" })
        {
            var header = Forge.Header(kid: kid);
            header["jwk"] = attacker.EcJwk(kid);
            Refused(JwtFault.Header, attacker.Token(header));
        }
    }

    [Fact]
    public void Another_persons_signature_is_wrong()
    {
        using var attacker = new Forge();
        Refused(JwtFault.Signature, attacker.Token());
    }

    [Fact]
    public void No_bit_of_a_token_can_be_turned()
    {
        var token = _forge.Token();
        for (var i = 0; i < token.Length; i++)
        {
            for (var bit = 0; bit < 7; bit++)
            {
                var turned = token[..i] + (char)(token[i] ^ (1 << bit)) + token[(i + 1)..];
                Assert.True(_forge.Verify(turned).Claims is null, $"character {i}, bit {bit}");
            }
        }
    }

    [Fact]
    public void No_beginning_of_a_token_is_one()
    {
        var token = _forge.Token();
        for (var length = 0; length < token.Length; length++) Assert.Null(_forge.Verify(token[..length]).Claims);
        Refused(JwtFault.Malformed, token + ".");
        Refused(JwtFault.Malformed, token + "=");
        Refused(JwtFault.Malformed, " " + token);
        Refused(JwtFault.Malformed, token + "\n");
        Refused(JwtFault.Malformed, "");
        Refused(JwtFault.Malformed, "..");
        Refused(JwtFault.Malformed, "ä.ö.ü");
    }

    [Fact]
    public void A_megabyte_is_not_looked_at()
    {
        Refused(JwtFault.TooLarge, new string('a', 1024 * 1024));
        Refused(JwtFault.TooLarge, new string('.', 1024 * 1024));
        var claims = Forge.Claims();
        claims["more"] = new string('x', 8000);
        Refused(JwtFault.TooLarge, _forge.Token(claims: claims));
    }

    [Theory]
    [InlineData("""{"alg":"none","alg":"ES256","kid":"ec"}""")]
    [InlineData("""{"alg":"ES256","kid":"ec","kid":"secret"}""")]
    [InlineData("""{"alg":"ES256","kid":"ec","\u0061lg":"none"}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"ES256\"")]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("""{"alg":"\uD800"}""")]
    [InlineData("""{"alg":"ES256","kid":"\uDC00"}""")]
    [InlineData("""{"alg":"ES256","kid":"ec","\uD800":1}""")]
    [InlineData("alg=ES256")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]")]
    public void A_header_that_is_no_object_or_says_something_twice_is_refused(string header) => Refused(JwtFault.Malformed, _forge.Token(header, Forge.Claims().ToJsonString()));

    [Theory]
    [InlineData("""{"sub":"ann","sub":"root"}""")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("not json")]
    [InlineData("")]
    public void Claims_that_are_no_object_or_say_something_twice_are_refused(string claims) => Refused(JwtFault.Malformed, _forge.Token(Forge.Header().ToJsonString(), claims));

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(128)]
    public void An_ES256_signature_has_64_bytes(int length) =>
        Refused(JwtFault.Signature, Forge.Sign($"{Forge.Part(Forge.Header().ToJsonString())}.{Forge.Part(Forge.Claims().ToJsonString())}", _ => new byte[length]));

    [Fact]
    public void An_ES256_signature_of_noughts_or_in_another_form_is_wrong()
    {
        var signed = $"{Forge.Part(Forge.Header().ToJsonString())}.{Forge.Part(Forge.Claims().ToJsonString())}";
        var order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        Refused(JwtFault.Signature, Forge.Sign(signed, _ => new byte[64]));
        Refused(JwtFault.Signature, Forge.Sign(signed, _ => [.. new byte[63], 1]));
        Refused(JwtFault.Signature, Forge.Sign(signed, _ => [.. order, .. order]));
        Refused(JwtFault.Signature, Forge.Sign(signed, _forge.WithEcDer));
    }

    [Fact]
    public void A_token_is_good_between_its_times_and_a_moment_of_leeway()
    {
        var token = _forge.Token();
        Taken(token, Forge.Now.AddSeconds(-60));
        Taken(token, Forge.Now.AddHours(1).AddSeconds(59));
        Refused(JwtFault.Expired, token, Forge.Now.AddHours(1).AddSeconds(60));
        Refused(JwtFault.NotYetValid, token, Forge.Now.AddSeconds(-61));
        Refused(JwtFault.NotYetValid, With("nbf", Forge.Now.AddSeconds(61).ToUnixTimeSeconds()));
        Taken(With("nbf", Forge.Now.AddSeconds(59).ToUnixTimeSeconds()));
        Taken(With("exp", Forge.Now.AddMinutes(1).ToUnixTimeSeconds() + 0.5));
    }

    [Theory]
    [InlineData("exp", "\"2026-03-01\"")]
    [InlineData("exp", "\"99999999999\"")]
    [InlineData("exp", "null")]
    [InlineData("exp", "true")]
    [InlineData("exp", "-1")]
    [InlineData("exp", "1e400")]
    [InlineData("exp", "253402300799")]
    [InlineData("exp", "{}")]
    [InlineData("nbf", "\"0\"")]
    [InlineData("iat", "[]")]
    public void Times_are_numbers(string name, string value) => Refused(JwtFault.Claims, With(name, JsonNode.Parse(value)));

    [Fact]
    public void A_token_without_an_end_is_refused()
    {
        var claims = Forge.Claims();
        claims.Remove("exp");
        Refused(JwtFault.Claims, _forge.Token(claims: claims));
    }

    [Theory]
    [InlineData("iss", "\"https://evil.example\"", JwtFault.Issuer)]
    [InlineData("iss", "\"https://issuer.example/\"", JwtFault.Issuer)]
    [InlineData("iss", "null", JwtFault.Issuer)]
    [InlineData("iss", "[\"https://issuer.example\"]", JwtFault.Issuer)]
    [InlineData("aud", "\"other\"", JwtFault.Audience)]
    [InlineData("aud", "[]", JwtFault.Audience)]
    [InlineData("aud", "[\"other\"]", JwtFault.Audience)]
    [InlineData("aud", "[\"waggle-test\",1]", JwtFault.Audience)]
    [InlineData("aud", "{\"waggle-test\":1}", JwtFault.Audience)]
    [InlineData("aud", "null", JwtFault.Audience)]
    public void A_token_of_or_for_somebody_else_is_refused(string name, string value, object fault) => Refused((JwtFault)fault, With(name, JsonNode.Parse(value)));

    [Fact]
    public void One_of_several_audiences_is_enough() => Taken(With("aud", new JsonArray("other", Forge.Audience)));

    [Fact]
    public void A_key_says_nothing_for_another_issuer()
    {
        using var other = new Forge();
        IReadOnlyList<TokenIssuer> issuers = [new("first", "a", _forge.Keys.Where(k => k.Id == "ec").ToArray()), new(Forge.Issuer, Forge.Audience, other.Keys.Where(k => k.Id == "rsa").ToArray())];
        Assert.Equal(JwtFault.Issuer, JwtVerifier.Verify(_forge.Token(), issuers, Forge.Leeway, Forge.Now).Refusal!.Fault);
    }

    [Fact]
    public void A_refusal_does_not_repeat_the_token()
    {
        var token = _forge.Token(Forge.Header(kid: "\u001b[31m<script>"));
        Assert.DoesNotContain("script", _forge.Verify(token).Refusal!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(token[^40..], _forge.Verify(token).Refusal!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_without_sense_are_refused_and_nothing_else_happens()
    {
        var random = new Random(7);
        const string Letters = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImVjIn0.._-=+/ \0é{}\"";
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => Letters[random.Next(Letters.Length)]));
            Assert.Null(_forge.Verify(text).Claims);
        }
    }

    private string With(string name, JsonNode? value)
    {
        var claims = Forge.Claims();
        claims[name] = value;
        return _forge.Token(claims: claims);
    }

    private void Taken(string token, DateTimeOffset? now = null)
    {
        var result = _forge.Verify(token, now);
        Assert.True(result.Claims is not null, result.Refusal?.ToString());
    }

    private void Refused(JwtFault fault, string token, DateTimeOffset? now = null) => Assert.Equal(fault, _forge.Verify(token, now).Refusal?.Fault);
}
