namespace Waggle.SocketIO.Events;

/// <summary>What happens on an event.</summary>
internal delegate Task OnEvent(Socket socket, SocketEvent told);

/// <summary>Handlers by the name of the event. Read without a lock, changed by copying: they are set once and asked often.</summary>
internal sealed class HandlerTable
{
    private readonly Lock _lock = new();
    private volatile Dictionary<string, OnEvent[]> _byName = new(StringComparer.Ordinal);
    private volatile OnEvent[] _any = [];

    public OnEvent[] Any => _any;

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
