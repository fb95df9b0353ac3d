using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Waggle.Server.Endpoints;

/// <summary>
/// Wraps the pipes of a connection so that their waiting callers continue on the thread pool. The few threads that watch all sockets read sockets and serve
/// WebSockets (docs/adr/0012). An HTTP handler may take long, for example to read a store, and must not block those threads.
/// </summary>
internal sealed class PooledPipes(IDuplexPipe pipes) : IDuplexPipe
{
    public PipeReader Input { get; } = new Reader(pipes.Input);

    public PipeWriter Output { get; } = new Writer(pipes.Output);

    /// <summary>Continues after the await on a thread of the pool.</summary>
    public static ConfiguredTaskAwaitable GoThere() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<T> OnThePoolAsync<T>(ValueTask<T> pending)
    {
        try
        {
            return await pending;
        }
        finally
        {
            await GoThere();
        }
    }

    private sealed class Reader(PipeReader reader) : PipeReader
    {
        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var read = reader.ReadAsync(cancellationToken);
            return read.IsCompleted ? read : OnThePoolAsync(read);
        }

        public override bool TryRead(out ReadResult result) => reader.TryRead(out result);

        public override void AdvanceTo(SequencePosition consumed) => reader.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => reader.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => reader.CancelPendingRead();

        public override void Complete(Exception? exception = null) => reader.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => reader.CompleteAsync(exception);
    }

    private sealed class Writer(PipeWriter writer) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => writer.CanGetUnflushedBytes;

        public override long UnflushedBytes => writer.UnflushedBytes;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            var flushed = writer.FlushAsync(cancellationToken);
            return flushed.IsCompleted ? flushed : OnThePoolAsync(flushed);
        }

        public override void Advance(int bytes) => writer.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => writer.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => writer.GetSpan(sizeHint);

        public override void CancelPendingFlush() => writer.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => writer.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => writer.CompleteAsync(exception);
    }
}
