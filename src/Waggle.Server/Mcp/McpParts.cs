using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Delivery;
using Waggle.Server.AccessControl;

namespace Waggle.Server.Mcp;

/// <summary>What the MCP server needs of the hub.</summary>
/// <param name="Blobs">The store of long results; null if they stay in their records.</param>
/// <param name="Stopping">Cancelled when the hub stops, so that every wait ends.</param>
internal sealed record McpParts(
    IHive Hive, DeliveryLoop Delivery, ReadHistory History, OutboxLimits Outbox, IBlobs? Blobs, ConnectionLimiter Connections, TimeProvider Time, ILogger Log,
    CancellationToken Stopping)
{
    /// <summary>Counts a request of a client. Returns the reason to refuse it, or null.</summary>
    public required Func<string, Error?> Limit { get; init; }

    /// <summary>Admits one creation of a sub-task at a time, because the limit of their number is checked before it.</summary>
    public SemaphoreSlim SubTasks { get; } = new(1, 1);

    /// <summary>The name and version of the hub.</summary>
    public required (string Name, string Version) Software { get; init; }
}
