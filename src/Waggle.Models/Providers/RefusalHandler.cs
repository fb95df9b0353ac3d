using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Waggle.Models.Providers;

/// <summary>Turns answers that are no success into a <see cref="ProviderRefusal"/>, the same for all providers.</summary>
/// <param name="key">The key, which no message may repeat.</param>
internal sealed class RefusalHandler(HttpMessageHandler inner, string? key, TimeProvider time) : DelegatingHandler(inner)
{
    private const int MaxBody = 64 * 1024;
    private const int MaxMessage = 1_000;

    private static readonly TimeSpan MaxWait = TimeSpan.FromDays(1);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode) return response;
        using (response)
        {
            var status = (int)response.StatusCode;
            var text = Message(await ReadAsync(response.Content, cancellationToken)) ?? response.ReasonPhrase ?? "no message";
            if (key is not null) text = text.Replace(key, "[key]", StringComparison.Ordinal);
            throw new ProviderRefusal(status, $"{request.RequestUri!.Authority} answered {status}: {text}", After(response.Headers));
        }
    }

    private TimeSpan? After(HttpResponseHeaders headers)
    {
        var wait = Milliseconds(headers) ?? headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return wait is { } after && after > TimeSpan.Zero ? after < MaxWait ? after : MaxWait : null;
    }

    private static TimeSpan? Milliseconds(HttpResponseHeaders headers) =>
        headers.TryGetValues("retry-after-ms", out var values)
            && double.TryParse(values.First(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var ms)
            && ms < MaxWait.TotalMilliseconds
                ? TimeSpan.FromMilliseconds(ms)
                : null;

    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancel)
    {
        var buffer = new byte[MaxBody];
        await using var body = await content.ReadAsStreamAsync(cancel);
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    // {"error": {"message": "…"}} or {"error": "…"}; other bodies are shown as they are.
    private static string? Message(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var error))
            {
                if (error.ValueKind == JsonValueKind.String) return Clip(error.GetString());
                if (error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var text) && text.ValueKind == JsonValueKind.String)
                    return Clip(text.GetString());
            }
        }
        catch (JsonException)
        {
            // A proxy answers with a page.
        }

        return Clip(body);
    }

    private static string? Clip(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : text.Length <= MaxMessage ? text.Trim() : text[..MaxMessage].Trim() + "…";
}
