using Microsoft.Extensions.Logging;
using Waggle.Core.Ports;

namespace Waggle.Core.Search;

/// <summary>
/// Computes the vectors of indexed entries that have none, oldest first and a batch at a time. Words are indexed first, so a slow embedder delays only the
/// search by meaning.
/// </summary>
internal sealed partial class VectorWriter(SearchService search, EntrySource entries, TimeProvider time, ILogger log) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // Failures in a row, after which a text may be the cause and not the service.
    private const int MostFailures = 3;

    private readonly SemaphoreSlim _wake = new(0, 1);
    private TimeSpan _pause;

    // The entries of a refused batch, which are taken one by one until the refused texts among them are found.
    private int _single;
    private int _failures;

    // The index closes its file when a write fails, and the indexer opens it again only for the next change.
    private bool _opens;

    /// <summary>Tells that entries may wait for a vector. Thread-safe.</summary>
    public void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0) _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another thread has released it since.
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await _wake.WaitAsync(stop);
                if (_opens) await OpenAsync(stop);
                while (await WriteAsync(stop)) _pause = default;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (StoreCorruptException)
            {
                _opens = false;
                search.Replace();
            }
            catch (StoreException e)
            {
                await ReopenAsync(e, stop);
            }
            catch (Exception e)
            {
                await PauseAsync(e, stop);
            }
        }
    }

    public void Dispose() => _wake.Dispose();

    /// <returns>Whether entries waited.</returns>
    private async Task<bool> WriteAsync(CancellationToken stop)
    {
        if (search.Status.State is not { Pending: > 0 }) return false;
        var (index, embedder) = (search.Index, search.Embedder);
        var pending = await index.ReadPendingAsync(_single > 0 ? 1 : embedder.Embedder.BatchSize, stop);
        if (pending.Count == 0) return false;
        var found = await entries.ReadAsync([.. pending.Select(p => p.Id)], stop);

        // An entry that has changed waits again once its new version is indexed.
        var current = pending.Where(p => found.TryGetValue(p.Id, out var entry) && entry.Version == p.Version).ToArray();
        if (await EmbedAsync([.. current.Select(p => found[p.Id])], stop) is not { } vectors) return true;
        await UseAsync(vectors.FirstOrDefault(v => v.Length > 0).Length, stop);
        var rows = current.Zip(vectors, static (p, v) => new IndexVector(p.Number, p.Version, v))
            .Concat(pending.Except(current).Select(p => new IndexVector(p.Number, p.Version, default)));
        search.Status.Set(await index.WriteVectorsAsync([.. rows], stop));
        search.Status.FailVectors(null);
        _failures = 0;
        if (_single > 0) _single--;
        return true;
    }

    /// <returns>The vectors; null for a batch that has a refused text, whose entries are then taken one by one.</returns>
    private async Task<IReadOnlyList<ReadOnlyMemory<float>>?> EmbedAsync(IndexEntry[] batch, CancellationToken stop)
    {
        if (batch.Length == 0) return [];
        try
        {
            return await search.Embedder.BatchAsync([.. batch.Select(e => e.Text)], stop);
        }
        catch (EmbedderException e) when ((e.RefusesText || ++_failures >= MostFailures) && batch.Length > 1)
        {
            _single = batch.Length;
            _failures = 0;
            return null;
        }
        catch (EmbedderException e) when (e.RefusesText || _failures >= MostFailures)
        {
            var vector = await RefusedText.EmbedAsync(search.Embedder, batch[0].Text, !e.RefusesText, stop);
            if (vector.Length > 0) return [vector];
            LogNoVector(log, search.Embedder.Embedder.Name, batch[0].Id, e);
            search.Metrics.SetAside();
            return [vector];
        }
    }

    // A service may have replaced the model behind its name. Vectors of another length cannot be compared.
    private async Task UseAsync(int dimensions, CancellationToken stop)
    {
        if (dimensions == 0 || search.Status.State is not { } state || state.Dimensions == dimensions) return;
        if (state.Dimensions > 0) LogOtherLength(log, search.Embedder.Embedder.Name, state.Dimensions, dimensions, state.Entries);
        search.Status.Set(await search.Index.UseEmbedderAsync(new IndexEmbedder(search.Embedder.Embedder.Identity, dimensions), stop));
    }

    // Searches go on during the pause, so the index is opened before it, too.
    private async Task ReopenAsync(StoreException fault, CancellationToken stop)
    {
        search.Status.FailVectors($"Vectors could not be written: {fault.ForClients}");
        _opens = true;
        try
        {
            await OpenAsync(stop);
        }
        catch (Exception)
        {
            // The attempt after the pause meets the same error and handles it.
        }

        await PauseAsync(fault, stop);
    }

    private async Task OpenAsync(CancellationToken stop)
    {
        search.Status.Set(await search.Index.OpenAsync(search.IndexEmbedder, stop));
        _opens = false;
    }

    private async Task PauseAsync(Exception e, CancellationToken stop)
    {
        if (_pause == default) LogFailed(log, search.Embedder.Embedder.Name, search.Status.State?.Pending ?? 0, e);
        if (e is EmbedderException) search.Status.FailVectors(e.Message);
        _pause = _pause == default ? FirstPause : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        await Task.Delay(_pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Wake();
    }

    [LoggerMessage(
        55, LogLevel.Warning,
        "The embedder '{Embedder}' now returns vectors of {After} numbers instead of {Before}: all {Entries} entries get new vectors.")]
    private static partial void LogOtherLength(ILogger logger, string embedder, int before, int after, long entries);

    [LoggerMessage(56, LogLevel.Warning, "No vectors of the embedder '{Embedder}'; {Pending} entries wait for theirs. Retrying.")]
    private static partial void LogFailed(ILogger logger, string embedder, long pending, Exception e);

    [LoggerMessage(57, LogLevel.Warning, "The embedder '{Embedder}' makes no vector of the text of '{Entry}', which is found by words only.")]
    private static partial void LogNoVector(ILogger logger, string embedder, string entry, Exception e);
}
