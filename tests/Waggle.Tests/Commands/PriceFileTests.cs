using Waggle.Commands;
using Waggle.Protocol.Model;
using Waggle.Shared;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Commands;

public sealed class PriceFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Prices_are_dollars_for_a_million_tokens_and_exact()
    {
        var prices = Read("""
            { // of 2027
              "models": {
                "model-5": { "input": 3.00, "cached": 0.30, "output": 15 },
                "small": { "input": 0.000001, "output": 0, },
              }
            }
            """);

        Assert.Equal(2, prices.Count);
        Assert.Equal(0.0000063m, prices.CostOf(new Usage { Model = "model-5", InputTokens = 2, CachedTokens = 1, OutputTokens = 0 }) + 0.000003m);
        Assert.Equal(0.000000000001m, prices.CostOf(new Usage { Model = "small", InputTokens = 1 }));
        Assert.Null(prices.CostOf(new Usage { Model = "Small", InputTokens = 1 }));
    }

    [Theory]
    [InlineData("[]", "the file is not a JSON object")]
    [InlineData("{", "is not JSON")]
    [InlineData("{}", "key models: it is an object")]
    [InlineData("""{"models": {}, "model": {}}""", "the file: unknown key 'model'; valid keys: models.")]
    [InlineData("""{"models": {"a": 3}}""", "models.a is not a JSON object")]
    [InlineData("""{"models": {"a": {"input": 3}}}""", "models.a: output is required.")]
    [InlineData("""{"models": {"a": {"input": 3, "output": 1, "cache": 1}}}""", "models.a: unknown key 'cache'")]
    [InlineData("""{"models": {"a": {"input": -1, "output": 1}}}""", "models.a: input is a number of US dollars for a million tokens, from 0 to 1000000 with at most 6 places; it was -1.")]
    [InlineData("""{"models": {"a": {"input": "3", "output": 1}}}""", "it was \"3\".")]
    [InlineData("""{"models": {"a": {"input": 1, "output": 0.0000001}}}""", "models.a: output is a number")]
    [InlineData("""{"models": {"a": {"input": 1, "output": 1}, "a": {"input": 2, "output": 1}}}""", "key models: 'a' is there twice.")]
    [InlineData("""{"models": {" ": {"input": 1, "output": 1}}}""", "key models: ' ' is not a name")]
    public void A_wrong_file_is_one_line_that_names_the_place(string text, string why)
    {
        var error = Assert.Throws<CliException>(() => Read(text));

        Assert.StartsWith(Path.Combine(_folder.Root, "prices.json"), error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_file_that_is_missing_is_named() =>
        Assert.Contains("missing.json cannot be read", Assert.Throws<CliException>(() => PriceFile.Read(_folder.File("missing.json"))).Message, StringComparison.Ordinal);

    private Core.Kernel.PriceList Read(string text)
    {
        var file = _folder.File("prices.json");
        File.WriteAllText(file, text);
        return PriceFile.Read(file);
    }
}
