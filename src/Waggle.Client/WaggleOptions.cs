using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>What clients and workers have in common. Read once, when connecting.</summary>
public abstract class WaggleOptions
{
    /// <summary>http, https, ws or wss. A URL without a path gets <c>/ws/waggle</c>.</summary>
    public Uri Url { get; set; } = new("http://127.0.0.1:3000");

    /// <summary>Sent in hello and as a bearer token with the upgrade request.</summary>
    public string? Token { get; set; }

    /// <summary>
    /// Asked for a token in place of <see cref="Token"/>: at each attempt to connect, and before the last one lapses, so that the connection outlives it.
    /// A fault of its own counts as a failed attempt. Null from it: no token.
    /// </summary>
    public Func<CancellationToken, ValueTask<string?>>? TokenProvider { get; set; }

    /// <summary>Name and version of the program, shown to people at the hub.</summary>
    public string? ClientName { get; set; }

    /// <summary>
    /// How long the first connection may take, all attempts together, before connecting fails with <see cref="ClientErrorCodes.Unreachable"/>.
    /// <see cref="Timeout.InfiniteTimeSpan"/>: for ever. Later disconnects are always repaired without a limit.
    /// </summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one attempt may take from opening the socket to the hub's welcome.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Shortest wait before connecting again; doubled after each failure, with ±30 % of jitter.</summary>
    public TimeSpan BackoffBase { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait before connecting again, before jitter.</summary>
    public TimeSpan BackoffCap { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A ping goes out after this long without traffic.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>No pong within this time: the connection is dead and is made again.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Messages that may wait for the socket; whoever sends more waits for room.</summary>
    public int QueueCapacity { get; set; } = 4096;

    /// <summary>The clock of all waits; tests bring their own.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>The dice of the back-off. Left out: seeded by the system. The SDK locks it while it draws.</summary>
    public Random? Dice { get; set; }

    /// <summary>
    /// Called after each welcome, before anything else of that connection is handled; observers have connections of their own. Must return quickly.
    /// </summary>
    public Action<Welcome>? OnConnected { get; set; }

    /// <summary>
    /// Called when a connection that is there could not get a fresh token, or the hub did not take it; it is tried again until the last one lapses. Must
    /// return quickly.
    /// </summary>
    public Action<Exception>? OnTokenTrouble { get; set; }

    /// <summary>Called when an attempt failed or a connection was lost and another attempt follows. Must return quickly.</summary>
    public Action<Exception>? OnDisconnected { get; set; }
}

/// <summary>Options of a <see cref="WaggleClient"/>.</summary>
public sealed class WaggleClientOptions : WaggleOptions
{
    /// <summary>How long a command goes on when the hub answers STORE_UNAVAILABLE: nothing of it happened, so sending it again is safe.</summary>
    public TimeSpan StoreRetryTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Observations that may wait for their reader; see <see cref="Observer"/> for what happens then.</summary>
    public int ObserverBuffer { get; set; } = 1000;
}
