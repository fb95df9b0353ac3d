using System.Globalization;

namespace Waggle.Client;

/// <summary>Makes the HTTP requests of a lease, whose headers prove it.</summary>
internal sealed class LeaseHeaders(WorkerState state, string secret)
{
    /// <param name="what">The part of the lease: the last segment of the path.</param>
    public HttpRequestMessage Request(HttpMethod method, TaskWork work, string what)
    {
        var request = new HttpRequestMessage(method, $"api/v1/leases/{Uri.EscapeDataString(work.Id)}/{what}");
        request.Headers.Add("Waggle-Agent", state.AgentId);
        request.Headers.Add("Waggle-Secret", secret);
        request.Headers.Add("Waggle-Attempt", work.Attempt.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Waggle-Token", work.Token.ToString(CultureInfo.InvariantCulture));
        return request;
    }
}
