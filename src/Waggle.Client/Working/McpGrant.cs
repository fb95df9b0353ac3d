using System.Text.Json;

namespace Waggle.Client;

/// <summary>Asks the hub for the MCP access of a task over HTTP. Thread-safe.</summary>
internal sealed class McpGrant(HubHttp http, LeaseHeaders lease, Uri hub, TimeProvider time)
{
    /// <summary>Returns the access. It tries again while the hub is away and the lease stands.</summary>
    /// <exception cref="WaggleException">The hub refused it.</exception>
    public async Task<McpAccess> AskAsync(TaskWork work, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                using var request = lease.Request(HttpMethod.Post, work, "mcp");
                using var response = await http.SendAsync(request, cancel);
                using var body = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancel), cancellationToken: cancel);
                var token = body.RootElement.TryGetProperty("token", out var given) ? given.GetString() : null;
                var expires = body.RootElement.TryGetProperty("expires_at", out var at) ? at.GetDateTimeOffset() : (DateTimeOffset?)null;
                return new(new Uri(WaggleUrl.ToHttp(hub), $"mcp/tasks/{Uri.EscapeDataString(work.Id)}"), token, expires);
            }
            catch (WaggleException e) when (e.RetryAfter is { } wait)
            {
                await Task.Delay(wait, time, cancel);
            }
        }
    }
}
