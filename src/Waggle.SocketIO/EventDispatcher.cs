using System.Text;
using System.Text.Json;
using Waggle.SocketIO.Events;
using Waggle.SocketIO.Packets;

namespace Waggle.SocketIO;

/// <summary>
/// Calls the handlers of one client's events, and delays the client's next packets while too many handlers run. One thread at a time dispatches.
/// </summary>
internal sealed class EventDispatcher(JsonSerializerOptions json, int maxConcurrent, ClientSockets sockets, HandlerErrors errors)
{
    // A longer name is copied to the heap.
    private const int MaxNameOnStack = 128;

    private int _running;
    private TaskCompletionSource? _room;

    /// <summary>Dispatches an event of the client. The caller dispatches the next one when the task has ended.</summary>
    public ValueTask Dispatch(Socket socket, in Packet packet, IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        var reader = new Utf8JsonReader(packet.Json.Span);
        reader.Read();
        reader.Read();
        Span<char> chars = reader.ValueSpan.Length <= MaxNameOnStack ? stackalloc char[MaxNameOnStack] : new char[reader.ValueSpan.Length];
        if (reader.TokenType == JsonTokenType.String) chars = chars[..reader.CopyString(chars)];
        else chars = chars[..Encoding.UTF8.GetChars(reader.ValueSpan, chars)];
        if (Collect(socket, chars) is not { } call) return ValueTask.CompletedTask;

        // The JSON is copied, because the next read overwrites the bytes while asynchronous handlers still run.
        var happened = new SocketEvent(socket, call.Name, new EventArguments(packet.Json.ToArray(), 1, attachments, json), packet.Id);
        if (socket.Filters is { Count: > 0 } filters) Track(FilterAsync(socket, happened, filters, call.Handlers), happened);
        else Run(call.Handlers, socket, happened);
        return Volatile.Read(ref _running) < maxConcurrent ? ValueTask.CompletedTask : new(UntilRoomAsync());
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

    private void Run(OnEvent[] handlers, Socket socket, SocketEvent happened)
    {
        foreach (var handler in handlers)
        {
            try
            {
                if (handler(socket, happened) is { IsCompletedSuccessfully: false } task) Track(task, happened);
            }
            catch (Exception e)
            {
                Fail(happened, e);
            }
        }
    }

    private async Task FilterAsync(Socket socket, SocketEvent happened, IReadOnlyList<Func<SocketEvent, Task>> filters, OnEvent[] handlers)
    {
        foreach (var filter in filters) await filter(happened);
        if (socket.Connected) Run(handlers, socket, happened);
    }

    private void Track(Task task, SocketEvent happened)
    {
        Interlocked.Increment(ref _running);
        _ = WaitAsync(task, happened);
    }

    private async Task WaitAsync(Task task, SocketEvent happened)
    {
        try
        {
            await task;
        }
        catch (Exception e)
        {
            Fail(happened, e);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            Interlocked.Exchange(ref _room, null)?.TrySetResult();
        }
    }

    // Meanwhile the server does not read, so the client's next packets wait on its side of the connection.
    private async Task UntilRoomAsync()
    {
        while (true)
        {
            var room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _room, room);
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _running) < maxConcurrent || sockets.IsClosed) return;
            await room.Task;
        }
    }

    private void Fail(SocketEvent happened, Exception e)
    {
        var refusal = e as SocketIOException;
        var unreadable = e is JsonException;
        if (unreadable) errors.Unreadable(happened.Name, e);
        else if (refusal is null) errors.Failed(happened.Name, e);
        var message = unreadable ? RefusalWords.Unreadable : refusal?.Message ?? RefusalWords.Internal;
        happened.Ack(RefusalWords.Write("error"u8, message, refusal?.Details, json));
    }

    private readonly record struct Call(string Name, OnEvent[] Handlers);
}
