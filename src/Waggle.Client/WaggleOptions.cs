using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>The options that clients and workers share. The SDK reads them once, when it connects.</summary>
public abstract class WaggleOptions
{
    /// <summary>The URL of the hub: http, https, ws or wss. A URL without a path gets <c>/ws/waggle</c>.</summary>
    public Uri Url { get; set; } = new("http://127.0.0.1:3000");

    /// <summary>The token, which the SDK sends in hello and as a bearer token with the upgrade request.</summary>
    public string? Token { get; set; }

    /// <summary>
    /// Returns a token in place of <see cref="Token"/>; null is no token. The SDK calls it at each attempt to connect, and before the last token expires, so
    /// that the connection outlives the token. An exception counts as a failed attempt.
    /// </summary>
    public Func<CancellationToken, ValueTask<string?>>? TokenProvider { get; set; }

    /// <summary>The name and version of the program, which the hub shows to people.</summary>
    public string? ClientName { get; set; }

    /// <summary>
    /// The time for the first connection, all attempts together, after which connecting fails with <see cref="ClientErrorCodes.Unreachable"/>.
    /// <see cref="Timeout.InfiniteTimeSpan"/> sets no limit. After a later disconnect the SDK always reconnects without a limit.
    /// </summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The time for one attempt, from opening the socket to the hub's welcome.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The shortest pause before a reconnect. It doubles after each failure, with ±30 % of jitter.</summary>
    public TimeSpan BackoffBase { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause before a reconnect, before jitter.</summary>
    public TimeSpan BackoffCap { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The time without traffic after which the SDK sends a ping.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The time without a pong after which the SDK gives the connection up and reconnects.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The number of messages that may wait for the socket. A further sender waits for room.</summary>
    public int QueueCapacity { get; set; } = 4096;

    /// <summary>The clock of all waits; tests set their own.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>The source of randomness of the back-off; null lets the system seed one. The SDK locks it while it draws.</summary>
    public Random? Dice { get; set; }

    /// <summary>
    /// Called after each welcome, before any other message of that connection is handled; observers have connections of their own. It must return quickly.
    /// </summary>
    public Action<Welcome>? OnConnected { get; set; }

    /// <summary>
    /// Called when an open connection could not get a fresh token, or the hub refused it. The SDK tries again until the last token expires. It must return
    /// quickly.
    /// </summary>
    public Action<Exception>? OnTokenTrouble { get; set; }

    /// <summary>Called when an attempt failed or a connection was lost and another attempt follows. It must return quickly.</summary>
    public Action<Exception>? OnDisconnected { get; set; }
}

/// <summary>The options of a <see cref="WaggleClient"/>.</summary>
public sealed class WaggleClientOptions : WaggleOptions
{
    /// <summary>
    /// The time for which a command is sent again after the hub answers STORE_UNAVAILABLE. The hub then changed nothing, so sending it again is safe.
    /// </summary>
    public TimeSpan StoreRetryTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The number of observations that may wait for their reader; <see cref="Observer"/> describes a full buffer.</summary>
    public int ObserverBuffer { get; set; } = 1000;
}
