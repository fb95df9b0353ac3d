using System.ClientModel;
using System.ClientModel.Primitives;
using Anthropic;
using Microsoft.Extensions.AI;
using OllamaSharp;
using OpenAI;
using Waggle.Agents.Models;

namespace Waggle.Models.Providers;

/// <summary>Creates the client of a model. No client tries again by itself: the hub decides when a task is tried again.</summary>
internal static class ChatClients
{
    // Anthropic requires a limit of each answer.
    private const int StandardOutput = 16_384;

    public static IChatClient Create(ModelSpec model, string? key, HttpClient http) => model.Provider switch
    {
        ModelProvider.OpenAi => OpenAi(model, key, http),
        ModelProvider.Anthropic => Anthropic(model, key, http),
        _ => Ollama(model, http),
    };

    private static IChatClient OpenAi(ModelSpec model, string? key, HttpClient http)
    {
        var options = new OpenAIClientOptions
        {
            Endpoint = model.Url,
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        };

        // The library takes no empty key. A server that needs none ignores it.
        return new OpenAIClient(new ApiKeyCredential(key ?? "none"), options).GetChatClient(model.Name).AsIChatClient();
    }

    private static IChatClient Anthropic(ModelSpec model, string? key, HttpClient http)
    {
        // With a key the library reads no credentials from variables.
        var client = new AnthropicClient
        {
            ApiKey = key ?? "none",
            BaseUrl = model.Url.ToString().TrimEnd('/'),
            HttpClient = http,
            MaxRetries = 0,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        return client.AsIChatClient(model.Name, StandardOutput);
    }

    private static OllamaApiClient Ollama(ModelSpec model, HttpClient http)
    {
        http.BaseAddress = model.Url;
        return new OllamaApiClient(http, model.Name);
    }
}
