namespace Waggle.Agents.Models;

/// <summary>A wire by which a worker talks to a language model.</summary>
public enum ModelProvider
{
    /// <summary>OpenAI's chat completions, which many servers of other models have too.</summary>
    OpenAi,

    /// <summary>Anthropic's messages.</summary>
    Anthropic,

    /// <summary>Ollama's chat.</summary>
    Ollama,
}
