using System.Net;
using Waggle.Core.Kernel;
using Waggle.Dialects.Hosting;

namespace Waggle.Server.AccessControl;

/// <summary>
/// The place of one WebSocket, from its admission to its end. A client without a token has a place of another kind; a later message may bring a
/// token, and with it an ordinary place. Used by the loop of its connection alone.
/// </summary>
internal sealed class Place(ConnectionLimiter limiter, IPAddress? address, PlaceKind kind) : IPlace, IDisposable
{
    private PlaceKind _kind = kind;

    public Error? Promote()
    {
        if (_kind == PlaceKind.Client) return null;
        if (limiter.Promote(_kind) is { } refusal) return refusal;
        _kind = PlaceKind.Client;
        return null;
    }

    public void Dispose() => limiter.Leave(address, _kind);
}
