using System.Net.Http.Headers;
using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Uploads results to the hub over HTTP that are too long for a message. Thread-safe.</summary>
internal sealed class ResultUpload(LeaseHttp http)
{
    // The size of a completion without its result.
    private const int EnvelopeBytes = 16 * 1024;

    public static bool IsTooLong(RawJson result, int maxMessageBytes) => result.Utf8.Length > maxMessageBytes - EnvelopeBytes;

    /// <summary>Uploads a result.</summary>
    /// <exception cref="WaggleException">The hub refused the result.</exception>
    public async Task<ResultRef> SendAsync(TaskWork work, RawJson result, CancellationToken cancel) =>
        (await http.SendAsync(
            HttpMethod.Put,
            work,
            "result",
            static (body, cancel) => JsonSerializer.DeserializeAsync(body, HubJson.Default.ResultRef, cancel),
            cancel,
            () => ContentOf(result)))!;

    private static ReadOnlyMemoryContent ContentOf(RawJson result)
    {
        var content = new ReadOnlyMemoryContent(result.Utf8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
