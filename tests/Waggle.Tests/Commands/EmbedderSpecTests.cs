using Waggle.Commands;

namespace Waggle.Tests.Commands;

public sealed class EmbedderSpecTests
{
    [Theory]
    [InlineData("minilm", "minilm", "all-MiniLM-L6-v2")]
    [InlineData("openai:text-embedding-3-small@https://api.openai.com/v1", "openai:text-embedding-3-small", "openai:text-embedding-3-small@https://api.openai.com/v1")]
    [InlineData("openai:a@b@http://127.0.0.1:8080", "openai:a@b", "openai:a@b@http://127.0.0.1:8080/")]
    [InlineData("ollama:nomic-embed-text", "ollama:nomic-embed-text", "ollama:nomic-embed-text@http://127.0.0.1:11434/v1")]
    public void An_embedder_has_a_name_and_an_identity(string text, string name, string identity)
    {
        Assert.True(EmbedderSpec.IsGood(text));
        var embedder = EmbedderSpec.Of(text, null)!;
        Assert.Equal((name, identity), (embedder.Name, embedder.Identity));
    }

    [Fact]
    public void None_is_no_embedder()
    {
        Assert.True(EmbedderSpec.IsGood("none"));
        Assert.Null(EmbedderSpec.Of("none", null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("bert")]
    [InlineData("openai:")]
    [InlineData("openai:model")]
    [InlineData("openai:@https://api.openai.com/v1")]
    [InlineData("openai:model@ftp://host")]
    [InlineData("openai:model@nowhere")]
    [InlineData("ollama:")]
    public void Anything_else_is_refused(string text) => Assert.False(EmbedderSpec.IsGood(text));
}
