using Waggle.SocketIO.Events;

namespace Waggle.SocketIO;

public sealed partial class Socket
{
    private HandlerTable? _handlers;

    private List<Func<SocketEvent, Task>>? _filters;

    internal HandlerTable? OwnHandlers => _handlers;

    internal IReadOnlyList<Func<SocketEvent, Task>>? Filters => _filters;

    private HandlerTable Handlers => _handlers ?? Interlocked.CompareExchange(ref _handlers, new HandlerTable(), null) ?? _handlers;

    /// <summary>Calls the handler with each event of this name, as it came.</summary>
    public Socket On(string name, Action<SocketEvent> handler) => Add(name, (_, e) => Done(() => handler(e)));

    /// <summary>Calls the handler with each event of this name, as it came. The next event does not wait for it.</summary>
    public Socket On(string name, Func<SocketEvent, Task> handler) => Add(name, (_, e) => handler(e));

    /// <summary>Calls the handler, whatever came with the event.</summary>
    public Socket On(string name, Action handler) => Add(name, (_, _) => Done(handler));

    /// <summary>Calls the handler, whatever came with the event.</summary>
    public Socket On(string name, Func<Task> handler) => Add(name, (_, _) => handler());

    /// <summary>Calls the handler with the first argument. One that the client left out is the type's default.</summary>
    public Socket On<T>(string name, Action<T> handler) => Add(name, (_, e) => Done(() => handler(e.Arg<T>(0))));

    /// <summary>Calls the handler with the first argument. One that the client left out is the type's default.</summary>
    public Socket On<T>(string name, Func<T, Task> handler) => Add(name, (_, e) => handler(e.Arg<T>(0)));

    /// <summary>Calls the handler with the first argument; what it gives back is the answer to a client that asked for one.</summary>
    public Socket On<T, TResult>(string name, Func<T, Task<TResult>> handler) => Add(name, (_, e) => e.AnswerAsync(handler(e.Arg<T>(0))));

    /// <summary>Calls the handler with the first two arguments.</summary>
    public Socket On<T1, T2>(string name, Action<T1, T2> handler) => Add(name, (_, e) => Done(() => handler(e.Arg<T1>(0), e.Arg<T2>(1))));

    /// <summary>Calls the handler with the first two arguments.</summary>
    public Socket On<T1, T2>(string name, Func<T1, T2, Task> handler) => Add(name, (_, e) => handler(e.Arg<T1>(0), e.Arg<T2>(1)));

    /// <summary>Calls the handler with the first two arguments; what it gives back is the answer to a client that asked for one.</summary>
    public Socket On<T1, T2, TResult>(string name, Func<T1, T2, Task<TResult>> handler) =>
        Add(name, (_, e) => e.AnswerAsync(handler(e.Arg<T1>(0), e.Arg<T2>(1))));

    /// <summary>Calls the handler with each event of any name, before those of its name.</summary>
    public Socket OnAny(Action<SocketEvent> handler)
    {
        Handlers.AddAny((_, e) => Done(() => handler(e)));
        return this;
    }

    /// <summary>
    /// Asks before each event reaches its handlers, in the order in which they were added. One that throws drops the event; the words of a
    /// <see cref="SocketIOException"/> reach a client that asked for an answer.
    /// </summary>
    public Socket Use(Func<SocketEvent, Task> middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        lock (_client) _filters = [.. _filters ?? [], middleware];
        return this;
    }

    /// <summary>Forgets the handlers of this name.</summary>
    public Socket Off(string name)
    {
        _handlers?.Remove(name);
        return this;
    }

    private Socket Add(string name, OnEvent handler)
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
