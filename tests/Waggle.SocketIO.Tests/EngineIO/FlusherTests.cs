using Waggle.SocketIO.EngineIO;

namespace Waggle.SocketIO.Tests.EngineIO;

public class FlusherTests
{
    [Fact]
    public async Task Each_queue_is_flushed_after_its_last_add()
    {
        var flusher = new Flusher();
        var queues = Enumerable.Range(0, 20).Select(_ => new CountingQueue(flusher)).ToArray();
        await Task.WhenAll(queues.Select(queue => Task.Run(() =>
        {
            for (var i = 0; i < 1000; i++) queue.Add();
        })));
        await Eventually.Async(() => queues.All(q => q.Flushed == 1000), "the last flushes");
    }

    // A queue of numbers that is added once until the flusher takes it.
    private sealed class CountingQueue(Flusher flusher) : IFlushable
    {
        private int _added;
        private int _dirty;

        public int Flushed { get; private set; }

        public void Add()
        {
            Interlocked.Increment(ref _added);
            if (Interlocked.Exchange(ref _dirty, 1) == 0) flusher.Add(this);
        }

        public void FlushBegins() => Interlocked.Exchange(ref _dirty, 0);

        public void Flush() => Flushed = Volatile.Read(ref _added);
    }
}
