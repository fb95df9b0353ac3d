using Microsoft.Extensions.AI;
using Waggle.Core.Kernel.Metrics;
using Waggle.Core.Ports;
using Waggle.Core.Search;

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

    private static LazyEmbedder Of(SlowGenerator generator) =>
        new(new SearchEmbedder("slow", "slow", () => generator), TimeProvider.System, SearchMetrics.Of(HiveMetrics.Unread));

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
