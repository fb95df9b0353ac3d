using System.Text;

namespace Waggle.SocketIO;

/// <summary>The sockets of one client, one for each namespace. Thread-safe.</summary>
internal sealed class ClientSockets
{
    private const string MainName = "/";

    private readonly Lock _lock = new();

    // Nearly all clients are in the main namespace and in no other.
    private volatile Socket? _main;
    private Dictionary<string, Socket>? _others;
    private volatile bool _isClosed;

    /// <summary>The connection is gone, and no socket is added.</summary>
    public bool IsClosed => _isClosed;

    public int Count
    {
        get
        {
            lock (_lock) return (_main is null ? 0 : 1) + (_others?.Count ?? 0);
        }
    }

    /// <param name="name">In UTF-8; empty: the main namespace.</param>
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

    /// <returns>False: the connection is gone.</returns>
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

    /// <returns>False: it is not here any more.</returns>
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

    /// <summary>The connection is gone.</summary>
    /// <returns>The sockets that are still here.</returns>
    public Socket[] Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            return All();
        }
    }
}
