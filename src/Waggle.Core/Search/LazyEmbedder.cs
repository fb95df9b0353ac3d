using Microsoft.Extensions.AI;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Search;

/// <summary>
/// The embedder, which is opened by its first text. Queries and one batch of the index may use it at once, so that a backlog delays no query for long.
/// Thread-safe.
/// </summary>
internal sealed class LazyEmbedder(SearchEmbedder embedder, TimeProvider time, SearchMetrics metrics) : IAsyncDisposable
{
    /// <summary>How long the end of the hive waits for a call that does not heed its cancellation.</summary>
    public static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _queries = new(embedder.MaxConcurrentQueries);
    private readonly SemaphoreSlim _batches = new(1);
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private IEmbeddingGenerator<string, Embedding<float>>? _generator;
    private bool _closed;

    public SearchEmbedder Embedder => embedder;

    /// <summary>Returns the vector of a query, of length 1; empty if the text has none.</summary>
    /// <exception cref="EmbedderException">The embedder failed.</exception>
    public async Task<ReadOnlyMemory<float>> QueryAsync(string text, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(embedder.QueryTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            // A generator that does not heed its cancellation keeps its turn, but the search goes on.
            return (await EmbedAsync(_queries, [text], either.Token).WaitAsync(either.Token))[0];
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            metrics.EmbedderFailed();
            throw new EmbedderException(embedder.Name, e);
        }
    }

    /// <summary>Returns the vectors of texts, each of length 1, or empty for a text that has none.</summary>
    /// <exception cref="EmbedderException">The embedder failed.</exception>
    public Task<IReadOnlyList<ReadOnlyMemory<float>>> BatchAsync(IReadOnlyList<string> texts, CancellationToken cancel) => EmbedAsync(_batches, texts, cancel);

    /// <summary>Returns a vector of length 1 in the same direction; empty for a vector without one.</summary>
    public static ReadOnlyMemory<float> Normalize(ReadOnlySpan<float> vector)
    {
        var sum = 0d;
        foreach (var value in vector) sum += (double)value * value;
        if (!(sum > 0) || !double.IsFinite(sum)) return default;
        var factor = 1 / Math.Sqrt(sum);
        var unit = new float[vector.Length];
        for (var i = 0; i < unit.Length; i++) unit[i] = (float)(vector[i] * factor);
        return unit;
    }

    /// <summary>
    /// Ends the running calls and then disposes the generator: it may be native code, which must not be freed under a call. One that does not end in
    /// <see cref="EndPatience"/> keeps the generator.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate) _closed = true;
        await _closing.CancelAsync();
        using var limit = new CancellationTokenSource(EndPatience, time);
        try
        {
            for (var i = 0; i < embedder.MaxConcurrentQueries; i++) await _queries.WaitAsync(limit.Token);
            await _batches.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        _generator?.Dispose();
        _generator = null;
    }

    private async Task<IReadOnlyList<ReadOnlyMemory<float>>> EmbedAsync(SemaphoreSlim turn, IReadOnlyList<string> texts, CancellationToken cancel)
    {
        await ThreadPoolSwitch.Switch();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _closing.Token);
        var hasTurn = false;
        try
        {
            await turn.WaitAsync(either.Token);
            hasTurn = true;
            var started = time.GetTimestamp();
            var cut = texts.Select(t => EntryText.Cut(t, embedder.MaxTextLength));
            var vectors = await Generator().GenerateAsync(cut, cancellationToken: either.Token);
            if (vectors.Count != texts.Count) throw new InvalidOperationException($"It returned {vectors.Count} vectors for {texts.Count} texts.");
            metrics.Embedded(texts.Count, time.GetElapsedTime(started));
            return [.. vectors.Select(v => Normalize(v.Vector.Span))];
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            // The generator is foreign code over a library or a network: any of its faults means that there is no vector now.
            metrics.EmbedderFailed();
            throw new EmbedderException(embedder.Name, e);
        }
        finally
        {
            if (hasTurn) turn.Release();
        }
    }

    private IEmbeddingGenerator<string, Embedding<float>> Generator()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            return _generator ??= embedder.Open();
        }
    }
}
