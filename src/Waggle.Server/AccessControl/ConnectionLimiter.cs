using System.Net;
using System.Net.Sockets;
using Waggle.Core.Kernel;
using Waggle.Server.Http;
using Waggle.Server.Telemetry;

namespace Waggle.Server.AccessControl;

/// <summary>Limits the number of clients, in all and from one address, over all endpoints. A caller that takes a place returns it.</summary>
internal sealed class ConnectionLimiter(ConnectionLimits limits, HubMetrics metrics)
{
    private const long ComeBackMs = 5000;
    private const int Ipv6Network = 8;

    // This exceeds the limit of one address, so silent sockets from one address cannot block clients that send their token in hello.
    private const int ShareAwaiting = 8;

    private readonly int _most = limits.Most;
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private readonly int _mostAwaiting = limits.MaxUnauthenticated == 0 ? int.MaxValue : Math.Max(limits.MaxUnauthenticated, limits.Most / ShareAwaiting);
    private int _taken;
    private int _awaiting;
    private int _unauthenticated;
    private bool _closed;

    private static Error Draining => new(ErrorStatus.Draining, "The hub is stopping; reconnect in a moment.", 1000);

    private Error Full => new(ErrorStatus.HubFull, $"The hub has {_most} clients and accepts no more.", ComeBackMs);

    /// <summary>The number of places taken, and the greatest number.</summary>
    public (int Taken, int Most) Count
    {
        get
        {
            lock (_lock) return (_taken, _most);
        }
    }

    /// <summary>Takes a place. Returns null on success, else the reason of the refusal.</summary>
    public Error? Take(IPAddress? address, PlaceKind kind = PlaceKind.Client)
    {
        var refusal = Look(address, kind);
        if (refusal is not null) metrics.Refused(refusal.Code);
        return refusal;
    }

    /// <summary>Takes a place and returns whether there was one, for a caller whose client receives the reason elsewhere.</summary>
    public bool TryTake(IPAddress? address, PlaceKind kind = PlaceKind.Client) => Look(address, kind) is null;

    /// <summary>
    /// Moves a client that has sent its token after it connected to an ordinary place, and frees its former one. Returns null on success, else the reason of
    /// the refusal. A hub that is stopping drains its clients elsewhere and refuses none here.
    /// </summary>
    public Error? Promote(PlaceKind from = PlaceKind.AwaitingHello)
    {
        lock (_lock)
        {
            if (_taken < _most)
            {
                CountOf(from)--;
                _taken++;
                return null;
            }
        }

        metrics.Refused(Full.Code);
        return Full;
    }

    /// <param name="kind">The kind of the place when it was taken, or <see cref="PlaceKind.Client"/> after <see cref="Promote"/>.</param>
    public void Leave(IPAddress? address, PlaceKind kind = PlaceKind.Client)
    {
        lock (_lock)
        {
            CountOf(kind)--;
            if (KeyOf(address) is not { } key) return;
            if (--_byAddress[key] == 0) _byAddress.Remove(key);
        }
    }

    /// <summary>Refuses all further clients.</summary>
    public void Close()
    {
        lock (_lock) _closed = true;
    }

    private Error? Look(IPAddress? address, PlaceKind kind)
    {
        lock (_lock)
        {
            if (_closed) return Draining;
            if (FullFor(kind) is { } full) return full;
            if (KeyOf(address) is { } key)
            {
                var here = _byAddress.GetValueOrDefault(key);
                if (here >= limits.MaxPerAddress)
                    return new(
                        ErrorStatus.TooManyConnections, $"There are {here} clients from {address} already; the hub accepts no more from one address.",
                        ComeBackMs);
                _byAddress[key] = here + 1;
            }

            CountOf(kind)++;
            return null;
        }
    }

    private Error? FullFor(PlaceKind kind) => kind switch
    {
        PlaceKind.Client => _taken < _most ? null : Full,
        PlaceKind.AwaitingHello => _awaiting < _mostAwaiting
            ? null
            : new(ErrorStatus.TooManyConnections, $"{_awaiting} clients have still to send their hello and the hub accepts no more: connect "
                + $"with a token.", ComeBackMs),
        _ => limits.MaxUnauthenticated == 0 || _unauthenticated < limits.MaxUnauthenticated
            ? null
            : new(
                ErrorStatus.TooManyConnections, $"The hub has {_unauthenticated} clients without a valid token and accepts no more: connect with a token.",
                ComeBackMs),
    };

    private ref int CountOf(PlaceKind kind)
    {
        if (kind == PlaceKind.Client) return ref _taken;
        if (kind == PlaceKind.AwaitingHello) return ref _awaiting;
        return ref _unauthenticated;
    }

    // Returns null for an address without a limit. An IPv6 host can choose from a whole /64 of addresses.
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
