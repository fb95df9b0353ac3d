using Microsoft.Extensions.AI;

namespace Waggle.Search.MiniLm.Tests;

/// <summary>The real model. This class alone loads it.</summary>
public sealed class MiniLmEmbedderTests : IDisposable
{
    private readonly IEmbeddingGenerator<string, Embedding<float>> _model = MiniLmEmbedder.Embedder.Open();

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task Texts_of_one_meaning_are_near_without_a_common_word()
    {
        var vectors = await VectorsAsync("The cat sat on the mat", "Kitten rested on the rug", "Quarterly revenue grew in Asia");

        Assert.All(vectors, v => Assert.Equal(MiniLmEmbedder.Embedder.Dimensions, v.Length));
        Assert.Equal(0.61, Cosine(vectors[0], vectors[1]), 0.01);
        Assert.InRange(Cosine(vectors[0], vectors[2]), -0.1, 0.1);
    }

    [Fact]
    public async Task A_text_has_the_same_vector_alone_and_among_others()
    {
        var among = await VectorsAsync("a short one", "a text that is a good deal longer than the others, so that they are padded", "a short one");
        var alone = await VectorsAsync("a short one");

        Assert.Equal(1, Cosine(alone[0], among[0]), 1e-5);
        Assert.Equal(1, Cosine(alone[0], among[2]), 1e-5);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("😀 … \u0000 \ud83d")]
    [InlineData("日本語のテキスト")]
    public async Task Any_text_has_a_vector(string text) => Assert.All((await VectorsAsync(text))[0], v => Assert.True(float.IsFinite(v)));

    [Theory]
    [InlineData("word ")]
    [InlineData("日")]
    [InlineData("a b c ")]
    [InlineData("x")]
    public async Task A_long_text_is_read_as_far_as_the_model_reads(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, MiniLmEmbedder.Embedder.MaxTextLength));
        Assert.All((await VectorsAsync(text[..MiniLmEmbedder.Embedder.MaxTextLength]))[0], v => Assert.True(float.IsFinite(v)));
    }

    private async Task<float[][]> VectorsAsync(params string[] texts) =>
        [.. (await _model.GenerateAsync(texts, cancellationToken: TestContext.Current.CancellationToken)).Select(e => e.Vector.ToArray())];

    private static double Cosine(float[] a, float[] b) =>
        a.Zip(b, (x, y) => (double)x * y).Sum() / (Math.Sqrt(a.Sum(x => (double)x * x)) * Math.Sqrt(b.Sum(y => (double)y * y)));
}
