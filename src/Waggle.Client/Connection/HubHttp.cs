using System.Net.Http.Headers;
using System.Text.Json;

namespace Waggle.Client;

/// <summary>Sends and receives over HTTP the data that is too long for a message (docs/rest.md), with the same hub and the same token.</summary>
internal sealed class HubHttp : IDisposable
{
    private readonly WaggleConnection _connection;
    private readonly HttpClient _http;

    public HubHttp(WaggleOptions options, WaggleConnection connection)
    {
        _connection = connection;
        var handler = new SocketsHttpHandler { UseProxy = !options.Url.IsLoopback };
        _http = new HttpClient(handler) { BaseAddress = WaggleUrl.ToHttp(options.Url), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Returns the response as soon as its headers have arrived. The caller reads its content and disposes it.</summary>
    /// <exception cref="WaggleException">The hub refused, with its own code; or <see cref="ClientErrorCodes.Unreachable"/>.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        if (await _connection.TokenAsync(cancel) is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        }
        catch (HttpRequestException e)
        {
            throw new WaggleException(
                ClientErrorCodes.Unreachable, $"The hub was not reached at {request.RequestUri}: {e.Message}", TimeSpan.FromSeconds(1), e);
        }

        if (response.IsSuccessStatusCode) return response;
        using (response) throw await RefusalAsync(response, cancel);
    }

    public void Dispose() => _http.Dispose();

    private static async Task<WaggleException> RefusalAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var status = (int)response.StatusCode;
        var later = status is 429 or >= 500 ? response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1) : (TimeSpan?)null;
        try
        {
            using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancel));
            return new(problem.RootElement.GetProperty("code").GetString()!, problem.RootElement.GetProperty("detail").GetString()!, later);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new(ClientErrorCodes.Protocol, $"The hub, or a proxy before it, answered with HTTP {status}.", later, e);
        }
    }
}
