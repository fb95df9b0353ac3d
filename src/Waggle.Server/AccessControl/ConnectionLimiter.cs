using System.Net;
using System.Net.Sockets;
using Waggle.Core.Hives;
using Waggle.Server.Api;
using Waggle.Server.Telemetry;

namespace Waggle.Server.AccessControl;

/// <summary>How many clients are let in, in all and from one address; the same for every road. Whoever takes a place gives it back.</summary>
internal sealed class ConnectionLimiter(ConnectionLimits limits, HubMetrics metrics)
{
    private const long ComeBackMs = 5000;
    private const int Ipv6Network = 8;

    private readonly int _most = limits.Most;
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _taken;
    private int _unauthenticated;
    private bool _closed;

    private static Error Draining => new(ErrorStatus.Draining, "The hub is stopping; reconnect in a moment.", 1000);

    private Error Full => new(ErrorStatus.HubFull, $"The hub has {_most} clients and accepts no more.", ComeBackMs);

    /// <summary>How many are here, and how many there may be.</summary>
    public (int Taken, int Most) Count
    {
        get
        {
            lock (_lock) return (_taken, _most);
        }
    }

    /// <summary>Null: there was a place, and it is taken. Else why there is none.</summary>
    /// <param name="unauthenticated">The client has no valid token where one is needed: such clients have a small number of places of their own.</param>
    public Error? Take(IPAddress? address, bool unauthenticated = false)
    {
        var refusal = Look(address, unauthenticated);
        if (refusal is not null) metrics.Refused(refusal.Code);
        return refusal;
    }

    /// <summary>The same for those who only want to know; somebody else tells the client.</summary>
    public bool TryTake(IPAddress? address, bool unauthenticated = false) => Look(address, unauthenticated) is null;

    /// <summary>A client without a token has brought one: it takes an ordinary place and frees the one that it had. Null: done. Else why it cannot.</summary>
    public Error? Promote()
    {
        Error refusal;
        lock (_lock)
        {
            if (_closed)
            {
                refusal = Draining;
            }
            else if (_taken >= _most)
            {
                refusal = Full;
            }
            else
            {
                _unauthenticated--;
                _taken++;
                return null;
            }
        }

        metrics.Refused(refusal.Code);
        return refusal;
    }

    /// <param name="unauthenticated">As it was when the place was taken, or false after <see cref="Promote"/>.</param>
    public void Leave(IPAddress? address, bool unauthenticated = false)
    {
        lock (_lock)
        {
            if (unauthenticated) _unauthenticated--;
            else _taken--;
            if (KeyOf(address) is not { } key) return;
            if (--_byAddress[key] == 0) _byAddress.Remove(key);
        }
    }

    /// <summary>Nobody comes in any more.</summary>
    public void Close()
    {
        lock (_lock) _closed = true;
    }

    private Error? Look(IPAddress? address, bool unauthenticated)
    {
        lock (_lock)
        {
            if (_closed) return Draining;
            if (unauthenticated && limits.MaxUnauthenticated > 0 && _unauthenticated >= limits.MaxUnauthenticated)
                return new(ErrorStatus.TooManyConnections, $"The hub has {_unauthenticated} clients without a valid token and accepts no more: connect with a token.", ComeBackMs);
            if (!unauthenticated && _taken >= _most) return Full;
            if (KeyOf(address) is { } key)
            {
                var here = _byAddress.GetValueOrDefault(key);
                if (here >= limits.MaxPerAddress)
                    return new(ErrorStatus.TooManyConnections, $"There are {here} clients from {address} already; the hub accepts no more from one address.", ComeBackMs);
                _byAddress[key] = here + 1;
            }

            if (unauthenticated) _unauthenticated++;
            else _taken++;
            return null;
        }
    }

    // Null: not counted. An IPv6 host has a whole /64 to choose addresses from.
    private IPAddress? KeyOf(IPAddress? address)
    {
        if (limits.MaxPerAddress == 0 || address is null || IPAddress.IsLoopback(address)) return null;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(Ipv6Network).Clear();
        return new IPAddress(bytes);
    }
}
