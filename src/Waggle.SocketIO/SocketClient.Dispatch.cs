using System.Text.Json;
using Waggle.SocketIO.Events;
using Waggle.SocketIO.Packets;

namespace Waggle.SocketIO;

internal sealed partial class SocketClient
{
    // A name that is longer is copied to the heap.
    private const int MaxNameOnStack = 128;

    private int _running;
    private TaskCompletionSource? _room;

    private ValueTask Dispatch(Socket socket, in Packet packet, IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        var json = packet.Json.Span;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        reader.Read();
        Span<char> chars = reader.ValueSpan.Length <= MaxNameOnStack ? stackalloc char[MaxNameOnStack] : new char[reader.ValueSpan.Length];
        if (reader.TokenType == JsonTokenType.String) chars = chars[..reader.CopyString(chars)];
        else chars = chars[..System.Text.Encoding.UTF8.GetChars(reader.ValueSpan, chars)];
        if (Collect(socket, chars) is not { } call) return ValueTask.CompletedTask;

        // A copy: what was read is overwritten by what is read next, and handlers take their time.
        var told = new SocketEvent(socket, call.Name, new EventArguments(json.ToArray(), 1, attachments, _server.Json), packet.Id);
        Start(call, socket, told);
        return Volatile.Read(ref _running) < _server.Options.MaxConcurrentEvents ? ValueTask.CompletedTask : new(UntilRoomAsync());
    }

    private static Call? Collect(Socket socket, ReadOnlySpan<char> name)
    {
        var (own, space, parent) = (socket.OwnHandlers, socket.Namespace.Handlers, socket.Namespace.Parent?.Handlers);
        string? known = null;
        OnEvent[] handlers = [];
        Add(own, name, ref known, ref handlers);
        Add(space, name, ref known, ref handlers);
        Add(parent, name, ref known, ref handlers);
        return handlers.Length == 0 ? null : new Call(known ?? name.ToString(), handlers);
    }

    private static void Add(HandlerTable? table, ReadOnlySpan<char> name, ref string? known, ref OnEvent[] handlers)
    {
        if (table is null) return;
        if (table.Any.Length > 0) handlers = [.. handlers, .. table.Any];
        if (!table.TryGet(name, out var found, out var named)) return;
        known ??= found;
        handlers = handlers.Length == 0 ? named : [.. handlers, .. named];
    }

    private void Start(in Call call, Socket socket, SocketEvent told)
    {
        if (socket.Filters is { Count: > 0 } filters)
        {
            var handlers = call.Handlers;
            Track(FilterAsync(socket, told, filters, handlers), told);
            return;
        }

        Run(call.Handlers, socket, told);
    }

    private void Run(OnEvent[] handlers, Socket socket, SocketEvent told)
    {
        foreach (var handler in handlers)
        {
            try
            {
                if (handler(socket, told) is { IsCompletedSuccessfully: false } task) Track(task, told);
            }
            catch (Exception e)
            {
                Failed(told, e);
            }
        }
    }

    private async Task FilterAsync(Socket socket, SocketEvent told, IReadOnlyList<Func<SocketEvent, Task>> filters, OnEvent[] handlers)
    {
        foreach (var filter in filters) await filter(told);
        if (socket.Connected) Run(handlers, socket, told);
    }

    private void Track(Task task, SocketEvent told)
    {
        Interlocked.Increment(ref _running);
        _ = WaitAsync(task, told);
    }

    private async Task WaitAsync(Task task, SocketEvent told)
    {
        try
        {
            await task;
        }
        catch (Exception e)
        {
            Failed(told, e);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            Interlocked.Exchange(ref _room, null)?.TrySetResult();
        }
    }

    // The client's next packets wait with the client.
    private async Task UntilRoomAsync()
    {
        while (true)
        {
            var room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _room, room);
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _running) < _server.Options.MaxConcurrentEvents || _closed) return;
            await room.Task;
        }
    }

    private void Failed(SocketEvent told, Exception e)
    {
        var refusal = e as SocketIOException;
        var unreadable = e is JsonException;
        if (unreadable) LogUnreadable(_server.Log, told.Name, Request.Address, e.Message);
        else if (refusal is null) LogHandlerFailed(told.Name, e);
        var words = unreadable ? RefusalWords.Unreadable : refusal?.Message ?? RefusalWords.Internal;
        told.Ack(RefusalWords.Write("error"u8, words, refusal?.Details, _server.Json));
    }

    private readonly record struct Call(string Name, OnEvent[] Handlers);
}
