using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;
using Waggle.TestKit;
using Waggle.Transport.Wires;

namespace Waggle.Delivery.Tests.Support;

/// <summary>A wire whose client is the test. It accepts bytes while it is open, and keeps the received frames.</summary>
internal sealed class MemoryWire : Wire
{
    private readonly Channel<string> _sent = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<(int Code, string Reason)> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<byte> _bytes = [];
    private volatile TaskCompletionSource _open = Opened();

    public override string RemoteAddress => "memory";

    private readonly Pipe _input = new();

    public override PipeReader Input => _input.Reader;

    /// <summary>The hub sent the end of TCP.</summary>
    public bool HasEnded { get; private set; }

    public override void EndSending() => HasEnded = true;

    /// <summary>Returns the number of bytes that it accepts at once.</summary>
    public Func<int> TakesAtOnce { get; init; } = () => int.MaxValue;

    public bool IsAborted => _aborted.Task.IsCompleted;

    /// <summary>With what the hub closed.</summary>
    public Task<(int Code, string Reason)> ClosedWith => _closed.Task.WaitAsync(Eventually.Patience);

    public Task Aborted => _aborted.Task.WaitAsync(Eventually.Patience);

    /// <summary>Stops reading: what is sent next waits.</summary>
    public void Block() => _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Unblock() => _open.TrySetResult();

    /// <summary>The next frame.</summary>
    public async Task<string> NextAsync() => await Eventually.Get(_sent.Reader.ReadAsync().AsTask(), "a frame");

    /// <summary>All frames from here to the one that this accepts, itself included.</summary>
    public async Task<List<string>> UntilAsync(Func<string, bool> last)
    {
        var frames = new List<string>();
        do frames.Add(await NextAsync());
        while (!last(frames[^1]));
        return frames;
    }

    /// <summary>The frames that are here.</summary>
    public List<string> Now()
    {
        var frames = new List<string>();
        while (TryNext(out var frame)) frames.Add(frame!);
        return frames;
    }

    /// <summary>At least one frame, and what else is here.</summary>
    public async Task<List<string>> SomeAsync() => [await NextAsync(), .. Now()];

    public bool TryNext(out string? frame) => _sent.Reader.TryRead(out frame);

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (IsAborted) throw new IOException("aborted");
        if (!_open.Task.IsCompleted) return 0;
        var taken = Math.Min(bytes.Length, TakesAtOnce());
        Take(bytes[..taken]);
        return taken;
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await Task.WhenAny(_open.Task, _aborted.Task);
        if (IsAborted) throw new IOException("aborted");
        Take(bytes.Span);
    }

    public override void Abort() => _aborted.TrySetResult();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Take(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        while (_bytes.Count >= 2)
        {
            var (head, length) = (_bytes[1] & 0x7f) switch
            {
                126 => (4, _bytes.Count < 4 ? -1 : BinaryPrimitives.ReadUInt16BigEndian([_bytes[2], _bytes[3]])),
                127 => (10, _bytes.Count < 10 ? -1 : (int)BinaryPrimitives.ReadInt64BigEndian(_bytes.Slice(2, 8).ToArray())),
                var small => (2, small),
            };
            if (length < 0 || _bytes.Count < head + length) return;
            var payload = _bytes.Slice(head, length).ToArray();
            if ((_bytes[0] & 0x0f) == 8) _closed.TrySetResult((BinaryPrimitives.ReadUInt16BigEndian(payload), Encoding.UTF8.GetString(payload, 2, length - 2)));
            else _sent.Writer.TryWrite(Encoding.UTF8.GetString(payload));
            _bytes.RemoveRange(0, head + length);
        }
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        open.SetResult();
        return open;
    }
}
