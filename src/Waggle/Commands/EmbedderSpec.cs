using Waggle.Core.Ports;
using Waggle.Search.MiniLm;
using Waggle.Server.Search;

namespace Waggle.Commands;

/// <summary>The setting <c>embedder</c>: <c>none</c>, <c>minilm</c>, <c>openai:MODEL@URL</c> or <c>ollama:MODEL</c>.</summary>
internal static class EmbedderSpec
{
    public const string Standard = "minilm";

    private const string None = "none";
    private const string OpenAi = "openai";
    private const string Ollama = "ollama";

    // The API of OpenAI, which Ollama serves on its standard port.
    private const string OllamaUrl = "http://127.0.0.1:11434/v1";

    public static bool IsGood(string text) => text is None or Standard || Parse(text) is not null;

    /// <returns>The embedder; null for hashed features, which need no model.</returns>
    public static SearchEmbedder? Of(string text, string? keyFile)
    {
        if (text == None) return null;
        if (text == Standard) return MiniLmEmbedder.Embedder;
        var (kind, model, url) = Parse(text)!.Value;
        return HttpEmbedder.Of($"{kind}:{model}", model, url, keyFile is null ? null : File.ReadAllText(keyFile).Trim());
    }

    private static (string Kind, string Model, Uri Url)? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || text[..colon] is not (OpenAi or Ollama)) return null;
        var kind = text[..colon];
        var at = text.LastIndexOf('@');
        var model = at < 0 ? text[(colon + 1)..] : text[(colon + 1)..at];
        var address = at >= 0 ? text[(at + 1)..] : kind == Ollama ? OllamaUrl : null;
        return model.Length > 0 && Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? (kind, model, url) : null;
    }
}
