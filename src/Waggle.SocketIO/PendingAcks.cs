using Waggle.SocketIO.Events;

namespace Waggle.SocketIO;

/// <summary>The acknowledgements that the server still expects from a socket. Thread-safe: every method locks the socket's client.</summary>
internal sealed class PendingAcks(object gate)
{
    // Created on demand, because most sockets are never asked for an acknowledgement.
    private Dictionary<long, AckWait>? _waits;
    private bool _isEnded;

    /// <summary>Adds a wait. Returns false if the socket has disconnected and will not acknowledge.</summary>
    public bool TryAdd(long id, AckWait wait)
    {
        lock (gate)
        {
            if (_isEnded) return false;
            (_waits ??= [])[id] = wait;
            return true;
        }
    }

    public void Remove(long id)
    {
        lock (gate) _waits?.Remove(id);
    }

    /// <summary>Completes the wait for an acknowledgement. An acknowledgement that is not expected has no effect.</summary>
    public void Complete(Socket socket, long id, EventArguments answer)
    {
        AckWait? wait;
        lock (gate)
        {
            if (_waits is null || !_waits.Remove(id, out wait)) return;
        }

        wait.Take(socket, answer);
    }

    /// <summary>Ends all waits without an acknowledgement, and rejects later ones.</summary>
    public void End(Socket socket)
    {
        Dictionary<long, AckWait>? open;
        lock (gate)
        {
            _isEnded = true;
            (open, _waits) = (_waits, null);
        }

        if (open is null) return;
        foreach (var wait in open.Values) wait.Lose(socket);
    }
}
