using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using Waggle.Core.Ports;
using Waggle.Protocol.Json;

namespace Waggle.Server.Search;

/// <summary>
/// An embedder behind the HTTP API of OpenAI (<c>POST URL/embeddings</c>), which vLLM, llama.cpp, LM Studio and Ollama also have. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// WaggleServerOptions options = new()
/// {
///     DataFolder = "data",
///     Embedder = HttpEmbedder.Of("openai:nomic-embed-text", "nomic-embed-text", new Uri("http://127.0.0.1:11434/v1")),
/// };
/// </code>
/// </example>
public sealed class HttpEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    private const int MaxReplyBytes = 64 * 1024 * 1024;
    private const int MaxReasonLength = 300;
    private const int MaxConcurrentQueries = 8;

    // A session waits for its search. A batch of the index may take longer.
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new() { Timeout = RequestTimeout, MaxResponseContentBufferSize = MaxReplyBytes };
    private readonly Uri _endpoint;
    private readonly string _model;

    /// <param name="url">The base of the API, for example <c>https://api.openai.com/v1</c>.</param>
    /// <param name="key">The key that is sent as a bearer token; null for none.</param>
    public HttpEmbedder(string model, Uri url, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(url);
        _model = model;
        _endpoint = new Uri($"{url.AbsoluteUri.TrimEnd('/')}/embeddings");
        if (key is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Returns the embedder for a hub's options. Up to 8 queries call the service at once, and a search waits up to 2 s for it.</summary>
    /// <param name="name">The name that answers show.</param>
    /// <inheritdoc cref="HttpEmbedder(string, Uri, string)"/>
    public static SearchEmbedder Of(string name, string model, Uri url, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(url);
        return new(name, $"{name}@{url.AbsoluteUri}", () => new HttpEmbedder(model, url, key))
        {
            MaxConcurrentQueries = MaxConcurrentQueries,
            QueryTimeout = QueryTimeout,
        };
    }

    /// <inheritdoc/>
    /// <exception cref="HttpRequestException">The service was not reachable, or answered with an error.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        // Some services refuse an empty text.
        string[] input = [.. values.Select(v => v.Length == 0 ? " " : v)];
        using var reply = await _http.PostAsJsonAsync(
            _endpoint, new EmbeddingRequest(_model, input, "float"), EmbedderJson.Default.EmbeddingRequest, cancellationToken);
        if (!reply.IsSuccessStatusCode)
        {
            var reason = PlainText.Clip(PlainText.OneLine(await reply.Content.ReadAsStringAsync(cancellationToken)), MaxReasonLength);
            throw new HttpRequestException($"The service answered {(int)reply.StatusCode}: {reason}", null, reply.StatusCode);
        }

        var read = await reply.Content.ReadFromJsonAsync(EmbedderJson.Default.EmbeddingReply, cancellationToken);
        if (read?.Data.Count != input.Length)
            throw new HttpRequestException($"The service returned {read?.Data.Count ?? 0} vectors for {input.Length} texts.");
        return [.. read.Data.OrderBy(d => d.Index).Select(d => new Embedding<float>(d.Embedding))];
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}

internal sealed record EmbeddingRequest(string Model, IReadOnlyList<string> Input, string EncodingFormat);

internal sealed record EmbeddingReply(IReadOnlyList<EmbeddingRow> Data);

internal sealed record EmbeddingRow(int Index, float[] Embedding);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(EmbeddingRequest))]
[JsonSerializable(typeof(EmbeddingReply))]
internal sealed partial class EmbedderJson : JsonSerializerContext;
