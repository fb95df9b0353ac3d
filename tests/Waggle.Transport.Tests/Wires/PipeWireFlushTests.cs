using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Waggle.Transport.Wires;

namespace Waggle.Transport.Tests.Wires;

public class PipeWireFlushTests
{
    [Fact]
    public async Task A_flush_that_ends_just_when_it_is_waited_for_is_looked_at_once()
    {
        var output = new LateWriter();
        var wire = new PipeWire(new Pipe().Reader, output, "there", () => default, () => { });
        for (var i = 0; i < 10; i++) Assert.Equal(1, wire.TrySend("x"u8));
        await wire.SendAsync("y"u8.ToArray());
        Assert.Equal(11, output.Flushes);
        await wire.DisposeAsync();
    }

    // The flush is pending when it is checked and complete when it is awaited. A later check throws, because the result was consumed.
    private sealed class LateWriter : PipeWriter, IValueTaskSource<FlushResult>
    {
        private readonly byte[] _bytes = new byte[4096];
        private ManualResetValueTaskSourceCore<FlushResult> _flush;

        public int Flushes { get; private set; }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            Flushes++;
            return new(this, _flush.Version);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => _bytes;

        public override Span<byte> GetSpan(int sizeHint = 0) => _bytes;

        public override void Advance(int bytes)
        {
        }

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public FlushResult GetResult(short token)
        {
            var result = _flush.GetResult(token);
            _flush.Reset();
            return result;
        }

        public ValueTaskSourceStatus GetStatus(short token) => _flush.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        {
            _flush.SetResult(default);
            continuation(state);
        }
    }
}
