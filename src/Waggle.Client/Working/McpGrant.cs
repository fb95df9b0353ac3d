using System.Text.Json;

namespace Waggle.Client;

/// <summary>Asks the hub for the MCP access of a task over HTTP. Thread-safe.</summary>
internal sealed class McpGrant(LeaseHttp http, Uri hub)
{
    /// <summary>Returns the access.</summary>
    /// <exception cref="WaggleException">The hub refused it.</exception>
    public Task<McpAccess> AskAsync(TaskWork work, CancellationToken cancel) =>
        http.SendAsync(HttpMethod.Post, work, "mcp", (body, cancel) => ReadAsync(work, body, cancel), cancel);

    private async ValueTask<McpAccess> ReadAsync(TaskWork work, Stream body, CancellationToken cancel)
    {
        using var answer = await JsonDocument.ParseAsync(body, cancellationToken: cancel);
        var token = answer.RootElement.TryGetProperty("token", out var given) ? given.GetString() : null;
        var expires = answer.RootElement.TryGetProperty("expires_at", out var at) ? at.GetDateTimeOffset() : (DateTimeOffset?)null;
        return new(new Uri(WaggleUrl.ToHttp(hub), $"mcp/tasks/{Uri.EscapeDataString(work.Id)}"), token, expires);
    }
}
