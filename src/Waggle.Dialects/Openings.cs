using Waggle.Core.Access;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects;

/// <summary>The parameters and the token of the request that opened a connection.</summary>
/// <param name="Query">Parameters by name; of one that is given twice the last.</param>
/// <param name="Token">From the Authorization header or the query.</param>
public sealed record HandshakeRequest(IReadOnlyDictionary<string, string> Query, string? Token = null)
{
    public static HandshakeRequest Plain { get; } = new(new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>The token came in an Authorization header.</summary>
    public bool Bearer { get; init; }
}

/// <summary>What a dialect knows when its client has connected.</summary>
/// <param name="Credential">Who it is; without a principal nobody, and why.</param>
/// <param name="Clock">The hub's time, for what is said without a record.</param>
/// <param name="TokensCount">False in development mode: tokens are not looked at, and everybody may do everything.</param>
/// <param name="Hub">The hub's software and version.</param>
public readonly record struct Opening(
    HandshakeRequest Request, Credential Credential, bool TokensCount, Func<DateTimeOffset> Clock, string Hub, string Hive, string Session,
    Protocol.Position Position);

/// <summary>What a welcome says.</summary>
public readonly record struct Greeting(
    string Hub, string Hive, string Session, Protocol.Position Position, TimeSpan Heartbeat, WelcomeAgent? Agent, DateTimeOffset? TokenExpiresAt);

/// <summary>How a dialect keeps a connection alive.</summary>
/// <param name="Every">How long a client may be silent until it is pinged.</param>
/// <param name="Timeout">How long it may take to answer.</param>
public sealed record Heartbeat(TimeSpan Every, TimeSpan Timeout)
{
    public static Heartbeat Standard { get; } = new(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));

    /// <summary>The transport beneath asks whether the client lives, and ends the wire when it does not.</summary>
    public static Heartbeat Beneath { get; } = new(TimeSpan.FromHours(1), TimeSpan.FromHours(1)) { Unanswered = int.MaxValue };

    /// <summary>Pings without any answer after which it is gone.</summary>
    public int Unanswered { get; init; } = 1;

    /// <summary>Those that are not silent are pinged, too.</summary>
    public bool Always { get; init; }

    /// <summary>The dialect has a ping of its own, see <see cref="Dialect.Ping"/>.</summary>
    public bool Spoken { get; init; }
}
