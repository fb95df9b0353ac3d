using System.Net;
using Waggle.Core.Hives;
using Waggle.Dialects.Hosting;

namespace Waggle.Server.AccessControl;

/// <summary>
/// The place of one WebSocket, from its admission to its end. One that has shown no token has one of the few for such clients; its hello may bring a token,
/// and an ordinary place with it. Used by the loop of its connection alone.
/// </summary>
internal sealed class Place(ConnectionLimiter limiter, IPAddress? address, bool unauthenticated) : IPlace, IDisposable
{
    private bool _unauthenticated = unauthenticated;

    public Error? Promote()
    {
        if (!_unauthenticated) return null;
        if (limiter.Promote() is { } refusal) return refusal;
        _unauthenticated = false;
        return null;
    }

    public void Dispose() => limiter.Leave(address, _unauthenticated);
}
