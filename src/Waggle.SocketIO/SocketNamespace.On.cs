using Waggle.SocketIO.Events;

namespace Waggle.SocketIO;

public sealed partial class SocketNamespace
{
    internal HandlerTable Handlers { get; } = new();

    /// <summary>Calls the handler with each event of this name of any socket here, as it came. Handlers of the namespace cost a socket nothing.</summary>
    public SocketNamespace On(string name, Action<SocketEvent> handler) => Add(name, (_, e) => Done(() => handler(e)));

    /// <summary>Calls the handler with each event of this name of any socket here, as it came. The next event does not wait for it.</summary>
    public SocketNamespace On(string name, Func<SocketEvent, Task> handler) => Add(name, (_, e) => handler(e));

    /// <summary>Calls the handler with the socket and the first argument. One that the client left out is the type's default.</summary>
    public SocketNamespace On<T>(string name, Action<Socket, T> handler) => Add(name, (s, e) => Done(() => handler(s, e.Arg<T>(0))));

    /// <summary>Calls the handler with the socket and the first argument. One that the client left out is the type's default.</summary>
    public SocketNamespace On<T>(string name, Func<Socket, T, Task> handler) => Add(name, (s, e) => handler(s, e.Arg<T>(0)));

    /// <summary>Calls the handler with the socket and the first argument; what it gives back is the answer to a client that asked for one.</summary>
    public SocketNamespace On<T, TResult>(string name, Func<Socket, T, Task<TResult>> handler) => Add(name, (s, e) => e.AnswerAsync(handler(s, e.Arg<T>(0))));

    /// <summary>Calls the handler with the socket and the first two arguments.</summary>
    public SocketNamespace On<T1, T2>(string name, Action<Socket, T1, T2> handler) => Add(name, (s, e) => Done(() => handler(s, e.Arg<T1>(0), e.Arg<T2>(1))));

    /// <summary>Calls the handler with the socket and the first two arguments.</summary>
    public SocketNamespace On<T1, T2>(string name, Func<Socket, T1, T2, Task> handler) => Add(name, (s, e) => handler(s, e.Arg<T1>(0), e.Arg<T2>(1)));

    /// <summary>Calls the handler with each event of any name of any socket here, before those of its name.</summary>
    public SocketNamespace OnAny(Action<SocketEvent> handler)
    {
        Handlers.AddAny((_, e) => Done(() => handler(e)));
        return this;
    }

    private SocketNamespace Add(string name, OnEvent handler)
    {
        Handlers.Add(name, handler);
        return this;
    }

    private static Task Done(Action handler)
    {
        handler();
        return Task.CompletedTask;
    }
}
