using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Waggle.Core.Kernel;

/// <summary>A refusal as the audit log keeps it.</summary>
/// <param name="Action">The command, query or request that was refused.</param>
/// <param name="Code">The error code of the refusal.</param>
/// <param name="By">The principal; null for a client without a valid token.</param>
/// <param name="Address">The address of the client; null if it is unknown.</param>
public sealed record Refusal(string Action, string Code, Principal? By, string? Address)
{
    /// <summary>The reason, for people.</summary>
    public string Message { get; init; } = "";
}

/// <summary>
/// The refusals that wait for the audit log. The first refusal of a kind is kept at once; equal ones within the next minute are counted and kept together, so
/// that a client that is refused a thousand times a second costs two entries a minute. Bounded: beyond <see cref="MaxKinds"/> kinds within a minute, and
/// beyond <see cref="MaxKindsOfNetwork"/> of one network, the refusals are counted without their details. Thread-safe.
/// </summary>
public sealed class RefusalLog(TimeProvider time)
{
    /// <summary>The number of kinds that are told apart at a time. A kind is the action, the code, the user and the address.</summary>
    public const int MaxKinds = 1_000;

    /// <summary>The number of these kinds for each network: an IPv4 address, or a /64 of IPv6.</summary>
    public const int MaxKindsOfNetwork = 20;

    /// <summary>The action of refusals beyond <see cref="MaxKinds"/> and <see cref="MaxKindsOfNetwork"/>.</summary>
    public const string OtherAction = "other";

    /// <summary>The time for which equal refusals are counted together.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<Kind, Counted> _kinds = [];
    private readonly Dictionary<string, int> _ofNetwork = new(StringComparer.Ordinal);

    /// <summary>Counts a refusal. Never waits.</summary>
    public void Add(Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        var now = time.GetUtcNow();
        lock (_lock)
        {
            var kind = new Kind(refusal.Action, refusal.Code, refusal.By?.User, refusal.By?.Agent, refusal.Address);
            if (!_kinds.TryGetValue(kind, out var counted))
            {
                var network = NetworkOf(refusal.Address);
                if (_kinds.Count >= MaxKinds) (kind, refusal) = Other(refusal, null, $"More than {MaxKinds} kinds of refusals within a minute.");
                else if (_ofNetwork.GetValueOrDefault(network) >= MaxKindsOfNetwork)
                    (kind, refusal) = Other(refusal, network, $"More than {MaxKindsOfNetwork} kinds of refusals within a minute from this network.");
                if (!_kinds.TryGetValue(kind, out counted))
                {
                    _kinds[kind] = counted = new Counted(refusal, now);
                    network = NetworkOf(kind.Address);
                    _ofNetwork[network] = _ofNetwork.GetValueOrDefault(network) + 1;
                }
            }

            counted.Add(now);
        }
    }

    /// <summary>Returns the refusals that are due, and forgets them.</summary>
    /// <param name="all">Whether to return those that are not due, too.</param>
    internal IReadOnlyList<CountedRefusal> Take(bool all = false)
    {
        var now = time.GetUtcNow();
        var taken = new List<CountedRefusal>();
        lock (_lock)
        {
            foreach (var (kind, counted) in _kinds.ToArray())
            {
                // A clock that was set back must not hold refusals for longer than the window.
                if (!all && counted.DueAt > now && counted.DueAt - now <= Window) continue;
                if (counted.Take(now + Window) is { } refusal) taken.Add(refusal);
                else Forget(kind);
            }
        }

        return taken;
    }

    private void Forget(Kind kind)
    {
        _kinds.Remove(kind);
        var network = NetworkOf(kind.Address);
        if (--CollectionsMarshal.GetValueRefOrAddDefault(_ofNetwork, network, out _) <= 0) _ofNetwork.Remove(network);
    }

    private static (Kind Kind, Refusal Refusal) Other(Refusal refusal, string? address, string message) =>
        (new Kind(OtherAction, refusal.Code, null, null, address), new Refusal(OtherAction, refusal.Code, null, address) { Message = message });

    // A client with IPv6 usually has all addresses of a /64.
    private static string NetworkOf(string? address)
    {
        if (!IPAddress.TryParse(address, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6 || parsed.IsIPv4MappedToIPv6)
            return address ?? "";
        Span<byte> bytes = stackalloc byte[16];
        parsed.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes).ToString();
    }

    private readonly record struct Kind(string Action, string Code, string? User, string? Agent, string? Address);

    private sealed class Counted(Refusal refusal, DateTimeOffset dueAt)
    {
        private long _count;
        private DateTimeOffset _first;
        private DateTimeOffset _last;

        public DateTimeOffset DueAt { get; private set; } = dueAt;

        public void Add(DateTimeOffset now)
        {
            if (_count++ == 0) _first = now;
            _last = now;
        }

        public CountedRefusal? Take(DateTimeOffset next)
        {
            DueAt = next;
            if (_count == 0) return null;
            var taken = new CountedRefusal(refusal, _count, _first, _last);
            _count = 0;
            return taken;
        }
    }
}

/// <summary>Equal refusals with their number, and the times of the first and the last.</summary>
internal sealed record CountedRefusal(Refusal Refusal, long Count, DateTimeOffset First, DateTimeOffset Last);
