using System.Globalization;

namespace Waggle.Client;

/// <summary>Sends the HTTP requests of a lease, whose headers prove it. Thread-safe.</summary>
internal sealed class LeaseHttp(HubHttp http, WorkerState state, string secret, TimeProvider time)
{
    /// <summary>Sends a request and reads the answer. It tries again while the hub is away and the lease stands.</summary>
    /// <param name="what">The part of the lease: the last segment of the path.</param>
    /// <param name="read">Reads the body of the answer.</param>
    /// <param name="content">Makes the body of each attempt; null for none.</param>
    /// <exception cref="WaggleException">The hub refused.</exception>
    public async Task<T> SendAsync<T>(
        HttpMethod method,
        TaskWork work,
        string what,
        Func<Stream, CancellationToken, ValueTask<T>> read,
        CancellationToken cancel,
        Func<HttpContent>? content = null)
    {
        while (true)
        {
            try
            {
                using var request = Request(method, work, what);
                request.Content = content?.Invoke();
                using var response = await http.SendAsync(request, cancel);
                await using var body = await response.Content.ReadAsStreamAsync(cancel);
                return await read(body, cancel);
            }
            catch (WaggleException e) when (e.RetryAfter is { } wait)
            {
                await Task.Delay(wait, time, cancel);
            }
        }
    }

    private HttpRequestMessage Request(HttpMethod method, TaskWork work, string what)
    {
        var request = new HttpRequestMessage(method, $"api/v1/leases/{Uri.EscapeDataString(work.Id)}/{what}");
        request.Headers.Add("Waggle-Agent", state.AgentId);
        request.Headers.Add("Waggle-Secret", secret);
        request.Headers.Add("Waggle-Attempt", work.Attempt.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Waggle-Token", work.Token.ToString(CultureInfo.InvariantCulture));
        return request;
    }
}
