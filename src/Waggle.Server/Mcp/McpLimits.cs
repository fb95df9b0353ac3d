using Waggle.Protocol.Messages;

namespace Waggle.Server.Mcp;

/// <summary>The limits of a caller besides the rights of its token.</summary>
/// <param name="Task">The task to whose sub-tasks the path limits it; null for none.</param>
/// <param name="Lease">The lease during which alone its token holds; null for a token of any other kind.</param>
internal readonly record struct McpLimits(string? Task, LeaseRef? Lease);
