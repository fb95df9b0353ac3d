using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>The hub's last welcome, and whether its socket is still open. The loop that connects and reads writes it; any thread may read it.</summary>
internal sealed class ConnectionState
{
    private volatile bool _connected;

    public Welcome? Welcome { get; private set; }

    public bool IsConnected => _connected;

    /// <summary>The number of welcomes.</summary>
    public int Generation { get; private set; }

    public void Welcomed(Welcome welcome)
    {
        Welcome = welcome;
        Generation++;
        _connected = true;
    }

    public void Disconnected() => _connected = false;
}
