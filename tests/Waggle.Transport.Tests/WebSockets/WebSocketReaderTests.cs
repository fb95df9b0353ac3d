using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Waggle.TestKit;
using Waggle.TestKit.Framing;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.Transport.Tests.WebSockets;

public class WebSocketReaderTests
{
    private readonly Pipe _pipe = new();

    [Fact]
    public async Task Messages_are_read_from_whatever_pieces_the_wire_has_them_in() => await Gen.ForAllAsync(50, async gen =>
    {
        var texts = gen.List(1, 10, () => gen.Text(0, 300));
        byte[] bytes = [.. texts.SelectMany(t => ClientFrame.Fragments(ClientFrame.Text, [.. Encoding.UTF8.GetBytes(t), (byte)'.'], gen.Int(1, 200)))];
        using var reader = new WebSocketReader(new InputOnly(PipeReader.Create(InPieces(bytes, gen))), 100_000);
        foreach (var text in texts) Assert.Equal(text + ".", Encoding.UTF8.GetString((await Read(reader)).Payload.Span));
        Assert.Equal(WireMessageKind.Gone, (await Read(reader)).Kind);
    });

    [Fact]
    public async Task The_end_without_a_close_is_told_once_and_for_all()
    {
        using var reader = new WebSocketReader(new InputOnly(_pipe.Reader), 1000);
        await _pipe.Writer.WriteAsync(ClientFrame.Of(ClientFrame.Text, "half"u8).AsMemory(0, 8));
        await _pipe.Writer.CompleteAsync();
        for (var i = 0; i < 3; i++) Assert.Equal(WireMessageKind.Gone, (await Read(reader)).Kind);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_told_like_its_end()
    {
        using var reader = new WebSocketReader(new InputOnly(_pipe.Reader), 1000);
        var reading = Read(reader);
        await _pipe.Writer.CompleteAsync(new IOException("reset"));
        Assert.Equal(WireMessageKind.Gone, (await reading).Kind);
    }

    [Fact]
    public async Task Who_cancels_is_told_so_and_may_read_on()
    {
        using var reader = new WebSocketReader(new InputOnly(_pipe.Reader), 1000);
        using var cancel = new CancellationTokenSource();
        var reading = reader.ReadAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await _pipe.Writer.WriteAsync(ClientFrame.Of(ClientFrame.Text, "after"u8));
        Assert.Equal("after", Encoding.UTF8.GetString((await Read(reader)).Payload.Span));
    }

    private static Task<WireMessage> Read(WebSocketReader reader) => Eventually.Get(reader.ReadAsync().AsTask(), "a message");

    // Empty pieces, too: a sequence may have them.
    private static ReadOnlySequence<byte> InPieces(byte[] bytes, Gen gen)
    {
        var first = new Piece(default);
        var last = first;
        for (var at = 0; at < bytes.Length;)
        {
            var count = gen.Int(0, Math.Min(50, bytes.Length - at));
            last = last.Append(bytes.AsMemory(at, count));
            at += count;
        }

        return new(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> bytes) => Memory = bytes;

        public Piece Append(ReadOnlyMemory<byte> bytes)
        {
            var next = new Piece(bytes) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }

    private sealed class InputOnly(PipeReader input) : Wire
    {
        public override string RemoteAddress => "there";

        public override PipeReader Input => input;

        public override int TrySend(ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

        public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => throw new NotSupportedException();

        public override void Abort() => throw new NotSupportedException();

        public override ValueTask DisposeAsync() => input.CompleteAsync();
    }
}
