using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Waggle.Server.Hosting;

/// <summary>Combines the same port of 127.0.0.1 and ::1 into one endpoint. As with any listener, one accept runs at a time.</summary>
internal sealed class LocalhostListener(IConnectionListener four, IConnectionListener six) : IConnectionListener
{
    private readonly Task<ConnectionContext?>?[] _accepts = new Task<ConnectionContext?>?[2];
    private readonly bool[] _ended = new bool[2];
    private int _next;

    public EndPoint EndPoint => four.EndPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (!(_ended[0] && _ended[1]))
        {
            var from = await ReadyAsync(cancellationToken);
            var accept = _accepts[from]!;
            _accepts[from] = null;
            if (await accept is { } connection) return connection;
            _ended[from] = true;
        }

        return null;
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await four.UnbindAsync(cancellationToken);
        await six.UnbindAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await four.DisposeAsync();
        await six.DisposeAsync();
    }

    // The two sockets take turns, so that a flood on one address does not delay clients of the other.
    private async ValueTask<int> ReadyAsync(CancellationToken cancel)
    {
        if (!_ended[0]) _accepts[0] ??= four.AcceptAsync(cancel).AsTask();
        if (!_ended[1]) _accepts[1] ??= six.AcceptAsync(cancel).AsTask();
        _next = 1 - _next;
        if (_accepts[_next] is { IsCompleted: true }) return _next;
        var first = await Task.WhenAny(_accepts.OfType<Task<ConnectionContext?>>());
        return first == _accepts[0] ? 0 : 1;
    }
}
