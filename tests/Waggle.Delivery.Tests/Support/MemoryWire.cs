using System.Text;
using System.Threading.Channels;
using Waggle.TestKit;
using Waggle.Transport;

namespace Waggle.Delivery.Tests.Support;

/// <summary>A wire whose client is the test: it takes frames as long as it is open, and keeps what it was told.</summary>
internal sealed class MemoryWire : Wire
{
    private readonly Channel<string> _sent = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<(int Code, string Reason)> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource _open = Opened();

    public override string RemoteAddress => "memory";

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

    public bool TryNext(out string? frame) => _sent.Reader.TryRead(out frame);

    public override ValueTask<WireMessage> ReceiveAsync(CancellationToken cancel) => throw new NotSupportedException();

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> text, CancellationToken cancel)
    {
        await Task.WhenAny(_open.Task, _aborted.Task);
        if (IsAborted) throw new IOException("aborted");
        _sent.Writer.TryWrite(Encoding.UTF8.GetString(text.Span));
    }

    public override async ValueTask CloseAsync(int code, string reason, CancellationToken cancel)
    {
        await Task.WhenAny(_open.Task, _aborted.Task);
        if (!IsAborted) _closed.TrySetResult((code, reason));
    }

    public override void Abort() => _aborted.TrySetResult();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        open.SetResult();
        return open;
    }
}
