using Microsoft.Extensions.Logging;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Transport;
using Waggle.Transport.Timers;

namespace Waggle.Dialects.Hosting;

/// <summary>What a session needs of the hub around it.</summary>
public sealed record SessionHost(
    IHive Hive, DeliveryLoop Delivery, TimeProvider Time, OutboxLimits Outbox, string Hub, ILogger Log, IAuthenticator Authenticator)
{
    /// <summary>How long a client may take for its first words.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How much a client may send before it is not read for a while.</summary>
    public InboundLimits Inbound { get; init; } = new();

    /// <summary>Where its sessions' timeouts turn.</summary>
    public required TimerWheel Wheel { get; init; }

    /// <summary>What subscriptions from a position read.</summary>
    public required ReadHistory History { get; init; }

    public WireMetrics? Wires { get; init; }

    /// <summary>What is told periodically.</summary>
    public required PeriodicBroadcasts Broadcasts { get; init; }
}
