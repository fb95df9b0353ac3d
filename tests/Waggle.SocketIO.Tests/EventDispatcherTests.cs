using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Waggle.SocketIO.Packets;
using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests;

public sealed class EventDispatcherTests : IDisposable
{
    private readonly SocketRig _rig = new();
    private readonly ClientSockets _sockets = new();
    private readonly EventDispatcher _dispatcher;

    public EventDispatcherTests() => _dispatcher = new EventDispatcher(_rig.Io.Json, maxConcurrent: 2, _sockets, new HandlerErrors(NullLogger.Instance, "test"));

    [Fact]
    public async Task Handlers_of_the_socket_run_before_those_of_its_namespace_and_any_before_the_named()
    {
        var socket = await _rig.JoinAsync();
        var called = new List<string>();
        _rig.Io.Main.On("a", _ => called.Add("namespace"));
        socket.On("a", _ => called.Add("socket"));
        socket.OnAny(_ => called.Add("any"));
        await Dispatch(socket, "2[\"a\",1]");
        Assert.Equal(["any", "socket", "namespace"], called);
    }

    [Fact]
    public async Task An_event_without_a_handler_is_dropped_and_a_number_is_a_name()
    {
        var socket = await _rig.JoinAsync();
        var called = 0;
        socket.On("7", _ => called++);
        await Dispatch(socket, "2[\"b\"]");
        await Dispatch(socket, "2[7]");
        Assert.Equal(1, called);
    }

    [Fact]
    public async Task A_name_of_any_length_and_with_escapes_is_read()
    {
        var socket = await _rig.JoinAsync();
        var name = new string('x', 500) + "é\n";
        var called = 0;
        socket.On(name, _ => called++);
        await Dispatch(socket, $"2[\"{new string('x', 500)}\\u00e9\\n\"]");
        Assert.Equal(1, called);
    }

    [Fact]
    public async Task An_error_of_a_handler_is_acknowledged_without_its_text()
    {
        var socket = await _rig.JoinAsync();
        socket.On("a", (SocketEvent _) => throw new InvalidOperationException("secret"));
        socket.On("b", (SocketEvent _) => throw new SocketIOException("for you"));
        await Dispatch(socket, "21[\"a\"]");
        Assert.Equal("""431[{"error":"Internal server error"}]""", await _rig.PollAsync());
        await Dispatch(socket, "22[\"b\"]");
        Assert.Equal("""432[{"error":"for you"}]""", await _rig.PollAsync());
    }

    [Fact]
    public async Task Too_many_running_handlers_delay_the_next_event_until_one_ends()
    {
        var socket = await _rig.JoinAsync();
        var works = new Queue<TaskCompletionSource>([new(), new()]);
        var running = works.ToArray();
        socket.On("slow", _ => works.Dequeue().Task);
        Assert.True(Dispatch(socket, "2[\"slow\"]").IsCompleted);
        var second = Dispatch(socket, "2[\"slow\"]");
        Assert.False(second.IsCompleted);
        running[1].SetResult();
        await second.WaitAsync(Eventually.Patience);
        running[0].SetResult();
    }

    [Fact]
    public async Task A_handler_that_ends_after_the_client_left_frees_the_reader()
    {
        var socket = await _rig.JoinAsync();
        var works = new[] { new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource() };
        var next = 0;
        socket.On("slow", _ => works[next++].Task);
        for (var i = 0; i < 2; i++) _ = Dispatch(socket, "2[\"slow\"]");
        var third = Dispatch(socket, "2[\"slow\"]");
        Assert.False(third.IsCompleted);
        _sockets.Close();
        works[0].SetResult();
        await third.WaitAsync(Eventually.Patience);
    }

    public void Dispose() => _rig.Dispose();

    private Task Dispatch(Socket socket, string text)
    {
        Assert.Null(PacketReader.Read(Encoding.UTF8.GetBytes(text), 0, out var packet));
        return _dispatcher.Dispatch(socket, packet, []).AsTask();
    }
}
