using System.Net.Http.Headers;
using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Uploads results to the hub over HTTP that are too long for a message. Thread-safe.</summary>
internal sealed class ResultUpload(HubHttp http, LeaseHeaders lease, TimeProvider time)
{
    // The size of a completion without its result.
    private const int EnvelopeBytes = 16 * 1024;

    public static bool IsTooLong(RawJson result, int maxMessageBytes) => result.Utf8.Length > maxMessageBytes - EnvelopeBytes;

    /// <summary>Uploads a result. It tries again while the hub is away and the lease stands.</summary>
    /// <exception cref="WaggleException">The hub refused the result.</exception>
    public async Task<ResultRef> SendAsync(TaskWork work, RawJson result, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                using var request = Request(work, result);
                using var response = await http.SendAsync(request, cancel);
                await using var body = await response.Content.ReadAsStreamAsync(cancel);
                return (await JsonSerializer.DeserializeAsync(body, HubJson.Default.ResultRef, cancel))!;
            }
            catch (WaggleException e) when (e.RetryAfter is { } wait)
            {
                await Task.Delay(wait, time, cancel);
            }
        }
    }

    private HttpRequestMessage Request(TaskWork work, RawJson result)
    {
        var request = lease.Request(HttpMethod.Put, work, "result");
        request.Content = new ReadOnlyMemoryContent(result.Utf8);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return request;
    }
}
