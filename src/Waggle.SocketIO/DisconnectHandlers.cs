namespace Waggle.SocketIO;

/// <summary>The handlers for the end of a socket. Thread-safe: the handlers are called without a lock.</summary>
internal sealed class DisconnectHandlers(SocketClient client)
{
    private List<Func<string, Task>>? _disconnected;
    private List<Func<string, Task>>? _disconnecting;
    private volatile string? _reason;

    /// <summary>Whether the socket has disconnected.</summary>
    public bool IsOver => _reason is not null;

    public void AddDisconnecting(Func<string, Task> handler)
    {
        lock (client) (_disconnecting ??= []).Add(handler);
    }

    /// <summary>Adds a handler. It is called at once if the socket has already disconnected.</summary>
    public void AddDisconnected(Func<string, Task> handler)
    {
        lock (client) (_disconnected ??= []).Add(handler);
        if (_reason is { } reason) Call([handler], reason);
    }

    public void CallDisconnecting(string reason) => Call(_disconnecting, reason);

    /// <summary>Marks the socket as disconnected.</summary>
    public void End(string reason) => _reason = reason;

    public void CallDisconnected(string reason) => Call(_disconnected, reason);

    private void Call(List<Func<string, Task>>? handlers, string reason)
    {
        Func<string, Task>[] all;
        lock (client) all = handlers is null ? [] : [.. handlers];
        foreach (var handler in all)
        {
            try
            {
                if (handler(reason) is { IsCompletedSuccessfully: false } task) _ = client.Errors.WatchAsync(task, "disconnect");
            }
            catch (Exception e)
            {
                client.Errors.Failed("disconnect", e);
            }
        }
    }
}
