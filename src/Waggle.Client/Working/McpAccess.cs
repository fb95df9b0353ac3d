namespace Waggle.Client;

/// <summary>How a program that works on a task reaches the tools of the hub that are limited to the task's sub-tasks (MCP, docs/mcp.md).</summary>
/// <param name="Url">The MCP endpoint, over streamable HTTP.</param>
/// <param name="Token">The bearer token, which holds as long as the lease; null where the hub needs none.</param>
/// <param name="ExpiresAt">The time after which the hub refuses the token in any case; null without a token.</param>
public sealed record McpAccess(Uri Url, string? Token, DateTimeOffset? ExpiresAt);
