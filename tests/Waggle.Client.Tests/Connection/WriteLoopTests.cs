using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Connection;

/// <summary>The client's end is a WebSocket over two pipes, and the test reads at the hub's end.</summary>
public sealed class WriteLoopTests : IDisposable
{
    private static readonly WaggleException Over = new(ClientErrorCodes.Closed, "over");

    private readonly RequestTable _requests = new(100, new FakeTime());
    private readonly CancellationTokenSource _cancel = new();
    private readonly WebSocket _client;
    private readonly WebSocket _hub;

    public WriteLoopTests()
    {
        var (up, down) = (new Pipe(), new Pipe());
        _client = WebSocket.CreateFromStream(new Both(down.Reader, up.Writer), new WebSocketCreationOptions());
        _hub = WebSocket.CreateFromStream(new Both(up.Reader, down.Writer), new WebSocketCreationOptions { IsServer = true });
    }

    public void Dispose()
    {
        _client.Dispose();
        _hub.Dispose();
        _requests.Dispose();
        _cancel.Dispose();
    }

    [Fact]
    public async Task Requests_that_queue_together_share_a_frame()
    {
        for (var i = 0; i < 3; i++) await EnqueueAsync();
        using var loop = Start(out var running);
        Assert.Equal(["1", "2", "3"], await FrameAsync());
        await EnqueueAsync();
        Assert.Equal(["4"], await FrameAsync());
        await EndAsync(running);
    }

    [Fact]
    public async Task The_requests_of_an_earlier_socket_are_written_before_the_queue()
    {
        var again = new[] { Make(), Make() };
        await EnqueueAsync();
        using var loop = Start(out var running, again);
        Assert.Equal(["1", "2"], await FrameAsync());
        Assert.Equal(["3"], await FrameAsync());
        Assert.All(again, r => Assert.True(r.Written));
        await EndAsync(running);
    }

    [Fact]
    public async Task A_request_whose_caller_gave_up_is_not_written()
    {
        var (first, abandoned, last) = (Make(), Make(), Make());
        foreach (var request in new[] { first, abandoned, last }) await _requests.EnqueueAsync(request);
        abandoned.Cancel(new CancellationToken(canceled: true));
        using var loop = Start(out var running);
        Assert.Equal(["1", "3"], await FrameAsync());
        Assert.False(abandoned.Written);
        await EndAsync(running);
    }

    [Fact]
    public async Task Requests_that_exceed_a_frame_continue_in_the_next_one()
    {
        for (var i = 0; i < 3; i++) await EnqueueAsync(new string('x', 400));
        using var loop = Start(out var running, limit: 1000);
        Assert.Equal(["1", "2"], await FrameAsync());
        Assert.Equal(["3"], await FrameAsync());
        await EndAsync(running);
    }

    [Fact]
    public async Task A_request_above_the_hubs_limit_fails_and_the_others_are_written()
    {
        await EnqueueAsync();
        var large = await EnqueueAsync(new string('x', 2000));
        await EnqueueAsync();
        using var loop = Start(out var running, limit: 1000);
        Assert.Equal(["1", "3"], await FrameAsync());
        Assert.Equal(ErrorCodes.TooLarge, (await Assert.ThrowsAsync<WaggleException>(() => large.Answer)).Code);
        await EndAsync(running);
    }

    [Fact]
    public async Task At_the_end_the_queue_is_written_and_a_close_follows()
    {
        using var loop = Start(out var running);
        await EnqueueAsync();
        Assert.Equal(["1"], await FrameAsync());
        await EndAsync(running);
        var close = await _hub.ReceiveAsync(new byte[100], CancellationToken.None).WaitAsync(Eventually.Patience);
        Assert.Equal(WebSocketMessageType.Close, close.MessageType);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, close.CloseStatus);
    }

    [Fact]
    public async Task A_cancelled_loop_ends_without_a_close()
    {
        using var loop = Start(out var running);
        await _cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Eventually.Patience));
        Assert.Equal(WebSocketState.Open, _client.State);
    }

    [Fact]
    public async Task A_broken_socket_ends_the_loop_with_its_error()
    {
        using var loop = Start(out var running);
        _client.Abort();
        await EnqueueAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => running.WaitAsync(Eventually.Patience));
        Assert.True(running.IsFaulted || running.IsCanceled);
    }

    private WriteLoop Start(out Task running, IEnumerable<Request>? again = null, int limit = Limits.MaxMessageBytes)
    {
        var loop = new WriteLoop(_client, _requests, limit);
        running = loop.RunAsync([.. again ?? []], _cancel.Token);
        return loop;
    }

    private async Task EndAsync(Task running)
    {
        _requests.End(Over);
        await running.WaitAsync(Eventually.Patience);
    }

    private async Task<Call<Reply>> EnqueueAsync(string? text = null)
    {
        var request = Make(text);
        await _requests.EnqueueAsync(request);
        return request;
    }

    private Call<Reply> Make(string? text = null) =>
        new(_requests.NextNumber(), new Echo { Payload = RawJson.Parse($"\"{text}\"") }, repeatable: true, type: null);

    // Returns the ids of the next frame's messages.
    private async Task<string[]> FrameAsync()
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var part = await _hub.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).AsTask().WaitAsync(Eventually.Patience);
            Assert.Equal(WebSocketMessageType.Text, part.MessageType);
            length += part.Count;
            if (part.EndOfMessage) break;
        }

        var ids = new List<string>();
        MessageCodec.ReadClient(buffer.AsSpan(0, length), m => ids.Add(m.Id!), e => Assert.Fail($"{e.Message}: {Encoding.UTF8.GetString(buffer, 0, length)}"));
        return [.. ids];
    }

    private sealed class Both(PipeReader reader, PipeWriter writer) : Stream
    {
        private readonly Stream _input = reader.AsStream();
        private readonly Stream _output = writer.AsStream();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _input.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            _output.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => _output.FlushAsync(cancellationToken);

        public override void Flush() => _output.Flush();

        public override int Read(byte[] buffer, int offset, int count) => _input.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => _output.Write(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _output.Dispose();
            _input.Dispose();
            base.Dispose(disposing);
        }
    }
}
