using System.Text;

namespace Waggle.SocketIO;

/// <summary>The sockets of one client, one for each namespace. Thread-safe.</summary>
internal sealed class ClientSockets
{
    private const string MainName = "/";

    private readonly Lock _lock = new();

    // Nearly all clients are only in the main namespace.
    private volatile Socket? _main;
    private Dictionary<string, Socket>? _others;
    private volatile bool _isClosed;

    /// <summary>Whether the connection has closed. No socket is then added.</summary>
    public bool IsClosed => _isClosed;

    public int Count
    {
        get
        {
            lock (_lock) return (_main is null ? 0 : 1) + (_others?.Count ?? 0);
        }
    }

    /// <summary>Returns the socket in a namespace; null if there is none.</summary>
    /// <param name="name">The name of the namespace in UTF-8; empty for the main namespace.</param>
    public Socket? Find(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) return _main;
        lock (_lock) return _others is not null && _others.TryGetValue(Encoding.UTF8.GetString(name), out var socket) ? socket : null;
    }

    public bool Has(string name)
    {
        lock (_lock) return name == MainName ? _main is not null : _others?.ContainsKey(name) == true;
    }

    public Socket[] All()
    {
        lock (_lock) return [.. _main is { } main ? [main] : Array.Empty<Socket>(), .. _others is null ? [] : _others.Values.ToArray()];
    }

    /// <summary>Adds a socket.</summary>
    /// <returns>False if the connection has closed.</returns>
    public bool TryAdd(Socket socket)
    {
        lock (_lock)
        {
            if (_isClosed) return false;
            if (socket.Namespace.Name == MainName) _main = socket;
            else (_others ??= new(StringComparer.Ordinal))[socket.Namespace.Name] = socket;
            return true;
        }
    }

    /// <summary>Removes a socket.</summary>
    /// <returns>False if the socket was already removed.</returns>
    public bool Remove(Socket socket)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_main, socket))
            {
                _main = null;
                return true;
            }

            if (_others?.TryGetValue(socket.Namespace.Name, out var other) != true || !ReferenceEquals(other, socket)) return false;
            return _others.Remove(socket.Namespace.Name);
        }
    }

    /// <summary>Notes that the connection has closed.</summary>
    /// <returns>The sockets that were not removed before.</returns>
    public Socket[] Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            return All();
        }
    }
}
