namespace Waggle.Agents.Models;

/// <summary>A language model and where it is served.</summary>
/// <param name="Name">The name that the provider knows.</param>
public sealed record ModelSpec(ModelProvider Provider, string Name, Uri Url)
{
    /// <summary>What <see cref="Parse"/> takes, for people.</summary>
    public const string Forms = "openai:NAME[@URL], anthropic:NAME[@URL] or ollama:NAME[@URL]";

    private static readonly (string Prefix, ModelProvider Provider, string Url)[] Known =
    [
        ("openai", ModelProvider.OpenAi, "https://api.openai.com/v1"),
        ("anthropic", ModelProvider.Anthropic, "https://api.anthropic.com"),
        ("ollama", ModelProvider.Ollama, "http://127.0.0.1:11434"),
    ];

    /// <summary>The name of the provider in the conventions of OpenTelemetry and in the option.</summary>
    public string ProviderName => Array.Find(Known, known => known.Provider == Provider).Prefix;

    /// <summary>The variable that the programs of the provider read the key from; null for a provider without keys.</summary>
    public string? KeyVariable => Provider switch
    {
        ModelProvider.OpenAi => "OPENAI_API_KEY",
        ModelProvider.Anthropic => "ANTHROPIC_API_KEY",
        _ => null,
    };

    /// <returns>The model; null if the text has none of the <see cref="Forms"/>.</returns>
    public static ModelSpec? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return null;
        var (prefix, provider, address) = Array.Find(Known, known => known.Prefix == text[..colon]);
        if (prefix is null) return null;

        // A name may have an @, and an address begins with its scheme.
        var rest = text[(colon + 1)..];
        var at = Math.Max(rest.LastIndexOf("@http://", StringComparison.Ordinal), rest.LastIndexOf("@https://", StringComparison.Ordinal));
        var name = at < 0 ? rest : rest[..at];
        return name.Length > 0 && Uri.TryCreate(at < 0 ? address : rest[(at + 1)..], UriKind.Absolute, out var url)
            ? new ModelSpec(provider, name, url)
            : null;
    }
}
