using Waggle.Core.Search;

namespace Waggle.Core.Tests.Search;

public sealed class HashedFeaturesTests
{
    [Fact]
    public async Task Equal_texts_have_the_cosine_1_and_words_of_one_stem_are_similar()
    {
        Assert.Equal(1, await Cosine("deploy on friday", "Deploy, on Friday!"), 3);
        Assert.InRange(await Cosine("deployment", "deployments"), 0.5, 1);
        Assert.InRange(await Cosine("kubernetes", "kubernets"), 0.3, 1);
    }

    [Fact]
    public async Task Unrelated_texts_and_stop_words_have_nearly_no_similarity()
    {
        Assert.InRange(await Cosine("garden flowers bloom", "kubernetes cluster"), -0.2, 0.2);
        Assert.InRange(await Cosine("the cat on the mat", "a sun of the moon"), -0.2, 0.2);
    }

    [Fact]
    public async Task A_text_without_words_has_no_direction()
    {
        var vectors = await new HashedFeatures().GenerateAsync(["…"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(HashedFeatures.Dimensions, vectors[0].Vector.Length);
        Assert.True(LazyEmbedder.Normalize(vectors[0].Vector.Span).IsEmpty);
    }

    [Fact]
    public async Task Vectors_are_the_same_in_every_process()
    {
        var vectors = await new HashedFeatures().GenerateAsync(["winter"], cancellationToken: TestContext.Current.CancellationToken);
        var places = vectors[0].Vector.ToArray().Select((v, i) => (Value: v, Place: i)).Where(v => v.Value != 0).Select(v => $"{(v.Value > 0 ? '+' : '-')}{v.Place}");
        Assert.StartsWith("+27 -52 -101 -198 +274 +287 -289 -299 +351 +376 ", string.Join(' ', places), StringComparison.Ordinal);
    }

    private static async Task<double> Cosine(string a, string b)
    {
        var vectors = await new HashedFeatures().GenerateAsync([a, b], cancellationToken: TestContext.Current.CancellationToken);
        var (x, y) = (LazyEmbedder.Normalize(vectors[0].Vector.Span), LazyEmbedder.Normalize(vectors[1].Vector.Span));
        return x.ToArray().Zip(y.ToArray(), (p, q) => p * q).Sum();
    }
}
