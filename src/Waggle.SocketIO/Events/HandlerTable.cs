namespace Waggle.SocketIO.Events;

/// <summary>Handles an event of a socket.</summary>
internal delegate Task OnEvent(Socket socket, SocketEvent received);

/// <summary>
/// The handlers by the name of the event. They are set once and read often, so a change copies the table, and reads need no lock. Thread-safe.
/// </summary>
internal sealed class HandlerTable
{
    private readonly Lock _lock = new();
    private volatile Dictionary<string, OnEvent[]> _byName = new(StringComparer.Ordinal);
    private volatile OnEvent[] _any = [];

    /// <summary>Gets the handlers of all events.</summary>
    public OnEvent[] Any => _any;

    /// <summary>Finds the handlers of an event.</summary>
    /// <param name="known">The name of the event as a string, if it has handlers. A caller need not create another one.</param>
    public bool TryGet(ReadOnlySpan<char> name, out string known, out OnEvent[] handlers)
    {
        var found = _byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out known!, out handlers!);
        if (!found) handlers = [];
        return found;
    }

    public void Add(string name, OnEvent handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(handler);
        if (Packets.ReservedEvents.Contains(name)) throw new ArgumentException($"\"{name}\" is a reserved event name: no client can send it.", nameof(name));
        lock (_lock)
        {
            var next = new Dictionary<string, OnEvent[]>(_byName, StringComparer.Ordinal);
            next[name] = next.TryGetValue(name, out var before) ? [.. before, handler] : [handler];
            _byName = next;
        }
    }

    public void AddAny(OnEvent handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        lock (_lock) _any = [.. _any, handler];
    }

    public void Remove(string name)
    {
        lock (_lock)
        {
            var next = new Dictionary<string, OnEvent[]>(_byName, StringComparer.Ordinal);
            next.Remove(name);
            _byName = next;
        }
    }
}
