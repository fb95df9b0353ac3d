using System.Text;
using Waggle.Delivery;
using Waggle.SocketIO.EngineIO;
using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests.EngineIO;

public sealed class SessionTransportTests : IAsyncDisposable
{
    private readonly EngineRig _rig = new(o => o.MaxQueuedPackets = 3);
    private readonly SessionTransport _transport;

    public SessionTransportTests() => _transport = new SessionTransport(_rig.Options);

    [Fact]
    public async Task Packets_wait_for_a_poll_and_leave_together()
    {
        _transport.BeginPolling();
        Assert.True(_transport.TryQueue(EngineFrames.Text("4a"u8)));
        Assert.True(_transport.TryQueue(EngineFrames.Text("4b"u8)));
        Assert.Equal("4a\u001e4b", Text(await Poll()));
    }

    [Fact]
    public async Task A_poll_waits_for_the_flush_of_a_packet()
    {
        _transport.BeginPolling();
        Assert.False(_transport.IsWritable);
        var answer = Poll();
        Assert.True(_transport.IsWritable);
        _transport.TryQueue(EngineFrames.Text("4a"u8));
        Assert.False(answer.IsCompleted);
        _transport.Flush();
        Assert.Equal("4a", Text(await answer));
    }

    [Fact]
    public void A_second_poll_is_rejected()
    {
        _transport.BeginPolling();
        var first = Poll();
        Assert.True(_transport.TryPoll(out var second, out _));
        Assert.Null(second);
        Assert.False(first.IsCompleted);
    }

    [Fact]
    public async Task A_freed_poll_is_answered_with_a_noop()
    {
        _transport.BeginPolling();
        var answer = Poll();
        _transport.Free(answer);
        Assert.Equal("6", Text(await Eventually.Get(answer)));
    }

    [Fact]
    public void A_poll_of_a_client_that_does_not_poll_is_rejected() => Assert.False(_transport.TryPoll(out _, out _));

    [Fact]
    public void A_full_queue_accepts_no_packet()
    {
        _transport.BeginPolling();
        for (var i = 0; i < 3; i++) Assert.True(_transport.TryQueue(EngineFrames.Ping));
        Assert.False(_transport.TryQueue(EngineFrames.Ping));
    }

    [Fact]
    public async Task Frames_of_a_wire_are_accepted_until_the_limit_is_reached()
    {
        _transport.BeginPolling();
        var large = EngineFrames.Text(new byte[70_000]).Body;
        Assert.True(_transport.TryWrite(large.Span, 1, out var isQueued));
        Assert.True(isQueued);
        Assert.False(_transport.TryWrite(large.Span, 1, out isQueued));
        Assert.False(isQueued);
        var writable = _transport.WhenWritableAsync();
        Assert.False(writable.IsCompleted);
        await Poll();
        await writable.WaitAsync(Eventually.Patience);
        Assert.True(_transport.TryWrite(large.Span, 1, out _));
    }

    [Fact]
    public async Task A_poll_between_a_rejected_write_and_the_wait_for_space_is_not_missed()
    {
        _transport.BeginPolling();
        var large = EngineFrames.Text(new byte[70_000]).Body;
        Assert.True(_transport.TryWrite(large.Span, 1, out _));
        Assert.False(_transport.TryWrite(large.Span, 1, out _));
        await Poll();
        Assert.True(_transport.WhenWritableAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task The_packets_of_a_client_that_moves_are_sent_on_its_WebSocket()
    {
        _transport.BeginPolling();
        _transport.TryQueue(EngineFrames.Text("4a"u8));
        await using var connection = _rig.Server.Connect(_rig.Wire);
        Assert.True(_transport.TryBeginUpgrade());
        Assert.False(_transport.TryBeginUpgrade());
        _transport.Probe();
        Assert.True(_transport.TryMove(connection, "pipe"));
        _transport.EndUpgrade();
        Assert.Equal("pipe", _transport.Road);
        Assert.False(_transport.TryPoll(out _, out _));
        Assert.False(_transport.TryBeginPost(out var isSecond));
        Assert.False(isSecond);
        _transport.TryQueue(EngineFrames.Text("4b"u8));
        _transport.Flush();
        Assert.Equal(["4a", "4b"], [await _rig.TextAsync(), await _rig.TextAsync()]);
    }

    [Fact]
    public async Task A_poll_of_a_client_that_moves_ends_without_a_payload()
    {
        _transport.BeginPolling();
        await using var connection = _rig.Server.Connect(_rig.Wire);
        _transport.TryBeginUpgrade();
        var answer = Poll();
        _transport.TryMove(connection, "pipe");
        Assert.Null(await Eventually.Get(answer));
    }

    [Fact]
    public async Task An_open_connection_accepts_packets_and_frames()
    {
        await using var connection = _rig.Server.Connect(_rig.Wire);
        Assert.True(_transport.TryOpen(connection, "pipe"));
        Assert.True(_transport.IsWritable);
        Assert.True(_transport.TryWrite(EngineFrames.Text("4a"u8).Body.Span, 1, out var isQueued));
        Assert.False(isQueued);
        Assert.Equal("4a", await _rig.TextAsync());
        await _transport.WhenWritableAsync().WaitAsync(Eventually.Patience);
    }

    [Fact]
    public void One_post_at_a_time()
    {
        _transport.BeginPolling();
        Assert.True(_transport.TryBeginPost(out _));
        Assert.False(_transport.TryBeginPost(out var isSecond));
        Assert.True(isSecond);
        _transport.EndPost();
        Assert.True(_transport.TryBeginPost(out _));
    }

    [Fact]
    public async Task The_first_reason_is_kept_and_a_polling_client_fetches_the_close()
    {
        _transport.BeginPolling();
        Assert.True(_transport.TryEnd(DisconnectReasons.ServerShuttingDown));
        Assert.False(_transport.TryEnd(DisconnectReasons.PingTimeout));
        Assert.Equal(DisconnectReasons.ServerShuttingDown, _transport.ClosedFor);
        Assert.True(_transport.HasLastWords);
        Assert.False(_transport.IsDone);
        Assert.Equal("1", Text(await Poll()));
        Assert.True(_transport.IsDone);
        Assert.Throws<IOException>(() => _transport.TryWrite(EngineFrames.Ping.Body.Span, 1, out _));
    }

    [Fact]
    public async Task A_session_that_ended_opens_no_connection_and_begins_no_upgrade()
    {
        _transport.BeginPolling();
        _transport.TryEnd(DisconnectReasons.TransportError);
        await using var connection = new Connection("", _rig.Wire, NoRecords.Instance, new OutboxLimits(), _rig.Time);
        Assert.False(_transport.TryOpen(connection, "pipe"));
        Assert.False(_transport.TryBeginUpgrade());
        Assert.False(_transport.HasLastWords);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private Task<ReadOnlyMemory<byte>?> Poll()
    {
        Assert.True(_transport.TryPoll(out var answer, out _));
        Assert.NotNull(answer);
        return answer;
    }

    private static string? Text(ReadOnlyMemory<byte>? payload) => payload is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
}
