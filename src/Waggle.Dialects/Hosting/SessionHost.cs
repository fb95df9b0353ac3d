using Microsoft.Extensions.Logging;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Transport;
using Waggle.Transport.Timers;

namespace Waggle.Dialects.Hosting;

/// <summary>The parts of the hub that a session needs.</summary>
public sealed record SessionHost(
    IHive Hive, DeliveryLoop Delivery, TimeProvider Time, OutboxLimits Outbox, string Hub, ILogger Log, IAuthenticator Authenticator)
{
    /// <summary>The time of the hub's start.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>The time limit for a client's first message.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The input limits of a client. The session pauses the reads of a client that exceeds them.</summary>
    public InboundLimits Inbound { get; init; } = new();

    /// <summary>The number of frames that a client may send in each dialect; null for the limit of the dialect itself, if it has one.</summary>
    public RateLimit? Rate { get; init; }

    /// <summary>Counts the frames of the clients that have a limit.</summary>
    public required RateLimiter Rates { get; init; }

    /// <summary>The wheel with the timeouts of the sessions.</summary>
    public required TimerWheel Wheel { get; init; }

    /// <summary>Reads the history for subscriptions from a position.</summary>
    public required ReadHistory History { get; init; }

    public WireMetrics? Wires { get; init; }

    /// <summary>The periodic broadcasts.</summary>
    public required PeriodicBroadcasts Broadcasts { get; init; }
}
