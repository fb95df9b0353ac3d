using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

public sealed partial class WaggleWorker
{
    // What a completion says beside its result.
    private const int Wrapping = 16 * 1024;

    internal bool IsTooLongForAMessage(RawJson result) => result.Utf8.Length > Connection.Welcome!.MaxMessageBytes - Wrapping;

    /// <summary>Brings a long result to the hub, again and again while it is away and the lease is ours.</summary>
    internal async Task<ResultRef> UploadAsync(TaskWork work, RawJson result, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Put, $"api/v1/leases/{Uri.EscapeDataString(work.Id)}/result");
                request.Headers.Add("Waggle-Agent", AgentId);
                request.Headers.Add("Waggle-Secret", _options.Secret ?? ProcessSecret.Value);
                request.Headers.Add("Waggle-Attempt", work.Attempt.ToString(CultureInfo.InvariantCulture));
                request.Headers.Add("Waggle-Token", work.Token.ToString(CultureInfo.InvariantCulture));
                request.Content = new ReadOnlyMemoryContent(result.Utf8);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                using var response = await _http.SendAsync(request, cancel);
                await using var body = await response.Content.ReadAsStreamAsync(cancel);
                return (await JsonSerializer.DeserializeAsync(body, HubJson.Default.ResultRef, cancel))!;
            }
            catch (WaggleException e) when (e.RetryAfter is { } wait)
            {
                await Task.Delay(wait, _options.Time, cancel);
            }
        }
    }
}
