using Microsoft.Extensions.AI;
using Waggle.Core.Kernel.Metrics;
using Waggle.Core.Ports;
using Waggle.Core.Search;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Search;

public sealed class LazyEmbedderTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_generator_is_disposed_after_the_last_call_has_ended()
    {
        var generator = new SlowGenerator();
        var embedder = Of(generator);
        var (query, batch) = (embedder.QueryAsync("a", Cancel), embedder.BatchAsync(["b"], Cancel));
        await generator.Entered.WaitAsync(Cancel);
        await generator.Entered.WaitAsync(Cancel);
        var end = embedder.DisposeAsync().AsTask();

        Assert.Equal((false, false), (end.IsCompleted, generator.IsDisposed));
        generator.Answer.SetResult([1, 0]);
        await end;
        Assert.True(generator.IsDisposed);
        Assert.Equal((2, 1), ((await query).Length, (await batch).Count));
        await Assert.ThrowsAsync<EmbedderException>(() => embedder.QueryAsync("a", Cancel));
    }

    [Fact]
    public async Task As_many_queries_as_the_embedder_permits_run_at_once_and_a_query_waits_no_longer_than_its_limit()
    {
        var (generator, time) = (new SlowGenerator(), new FakeTime());
        var embedder = Of(generator, time, queries: 2);
        var queries = Enumerable.Range(0, 3).Select(i => embedder.QueryAsync($"{i}", Cancel)).ToArray();
        await generator.Entered.WaitAsync(Cancel);
        await generator.Entered.WaitAsync(Cancel);

        Assert.All(queries, q => Assert.False(q.IsCompleted));
        time.Advance(TimeSpan.FromSeconds(2));
        foreach (var query in queries)
        {
            var fault = await Assert.ThrowsAsync<EmbedderException>(() => query);
            Assert.Equal("The embedder 'slow' failed: it did not answer in time. The hub's log has the details.", fault.Message);
        }

        Assert.Equal(0, generator.Entered.CurrentCount);
        generator.Answer.SetResult([1, 0]);
        await embedder.DisposeAsync();
        Assert.True(generator.IsDisposed);
    }

    private static LazyEmbedder Of(SlowGenerator generator, FakeTime? time = null, int queries = 1)
    {
        var embedder = new SearchEmbedder("slow", "slow", () => generator) { MaxConcurrentQueries = queries, QueryTimeout = TimeSpan.FromSeconds(2) };
        return new(embedder, time ?? new FakeTime(), SearchMetrics.Of(HiveMetrics.Unread));
    }

    /// <summary>A generator whose calls end when the test lets them, and not by their cancellation.</summary>
    private sealed class SlowGenerator : IEmbeddingGenerator<string, Embedding<float>>
    {
        public SemaphoreSlim Entered { get; } = new(0);

        public TaskCompletionSource<float[]> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsDisposed { get; private set; }

        public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            Entered.Release();
            var vector = await Answer.Task;
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return [.. values.Select(_ => new Embedding<float>(vector))];
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose() => IsDisposed = true;
    }
}
