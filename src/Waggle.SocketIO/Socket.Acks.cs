using Waggle.SocketIO.Events;

namespace Waggle.SocketIO;

public sealed partial class Socket
{
    // Most sockets never ask for one.
    private Dictionary<long, AckWait>? _acks;

    /// <summary>False: it is gone and will not answer.</summary>
    internal bool TryExpect(long id, AckWait wait)
    {
        lock (_client)
        {
            if (_reason is not null) return false;
            (_acks ??= [])[id] = wait;
            return true;
        }
    }

    internal void Forget(long id)
    {
        lock (_client) _acks?.Remove(id);
    }

    /// <summary>An acknowledgement that nobody waits for any more, or never did, is nothing.</summary>
    internal void TakeAck(long id, EventArguments answer)
    {
        AckWait? wait;
        lock (_client)
        {
            if (_acks is null || !_acks.Remove(id, out wait)) return;
        }

        wait.Take(this, answer);
    }

    private void EndAcks()
    {
        Dictionary<long, AckWait>? open;
        lock (_client) (open, _acks) = (_acks, null);
        if (open is null) return;
        foreach (var wait in open.Values) wait.Lose(this);
    }
}
