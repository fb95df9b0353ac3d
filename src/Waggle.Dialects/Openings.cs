using Waggle.Core.Access;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects;

/// <summary>The parameters and the token of the request that opened a connection.</summary>
/// <param name="Query">The parameters by name; the last value of one that is given twice.</param>
/// <param name="Token">The token from the Authorization header or the query.</param>
public sealed record HandshakeRequest(IReadOnlyDictionary<string, string> Query, string? Token = null)
{
    public static HandshakeRequest Plain { get; } = new(new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>Whether the token came in an Authorization header.</summary>
    public bool Bearer { get; init; }

    /// <summary>The WebSocket subprotocol that the hub chose of those that the client offered; null for none.</summary>
    public string? Subprotocol { get; init; }
}

/// <summary>The data of a new connection that a dialect receives.</summary>
/// <param name="Credential">The result of the admission check; without a principal it has the reason.</param>
/// <param name="Clock">The hub's time, for messages without a record.</param>
/// <param name="TokensCount">Whether tokens are checked; false in development mode, where every client has every permission.</param>
/// <param name="Hub">The hub's software and version.</param>
public readonly record struct Opening(
    HandshakeRequest Request, Credential Credential, bool TokensCount, Func<DateTimeOffset> Clock, string Hub, string Hive, string Session,
    Protocol.Position Position)
{
    /// <summary>The time of the hub's start.</summary>
    public DateTimeOffset StartedAt { get; init; }
}

/// <summary>The data of a welcome message.</summary>
public readonly record struct Greeting(
    string Hub, string Hive, string Session, Protocol.Position Position, TimeSpan Heartbeat, WelcomeAgent? Agent, DateTimeOffset? TokenExpiresAt);

/// <summary>The heartbeat of a dialect's connections.</summary>
/// <param name="Every">The time of silence after which the session pings a client.</param>
/// <param name="Timeout">The time limit for the answer.</param>
public sealed record Heartbeat(TimeSpan Every, TimeSpan Timeout)
{
    public static Heartbeat Standard { get; } = new(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));

    /// <summary>The heartbeat of a dialect whose transport detects dead clients and ends the wire.</summary>
    public static Heartbeat Beneath { get; } = new(TimeSpan.FromHours(1), TimeSpan.FromHours(1)) { Unanswered = int.MaxValue };

    /// <summary>The number of pings without an answer after which the client is dead.</summary>
    public int Unanswered { get; init; } = 1;

    /// <summary>Whether the session also pings clients that are not silent.</summary>
    public bool Always { get; init; }

    /// <summary>Whether the dialect has its own ping, see <see cref="Dialect.Ping"/>.</summary>
    public bool Spoken { get; init; }
}
