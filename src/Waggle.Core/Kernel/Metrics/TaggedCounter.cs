using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Waggle.Core.Kernel.Metrics;

/// <summary>Counts by a key that becomes tags only when a reader asks. An addition to a known key allocates nothing and calls no code of others.</summary>
internal sealed class TaggedCounter<TKey>(Func<TKey, KeyValuePair<string, object?>[]> tags)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Cell> _cells = [];

    public void Add(TKey key)
    {
        if (!_cells.TryGetValue(key, out var cell)) cell = _cells.GetOrAdd(key, static (k, t) => new Cell(t(k)), tags);
        cell.Add();
    }

    public long Count(TKey key) => _cells.TryGetValue(key, out var cell) ? cell.Count : 0;

    public IEnumerable<Measurement<long>> Read() => _cells.Values.Select(cell => new Measurement<long>(cell.Count, cell.Tags));

    private sealed class Cell(KeyValuePair<string, object?>[] tags)
    {
        private long _count;

        public KeyValuePair<string, object?>[] Tags => tags;

        public long Count => Volatile.Read(ref _count);

        public void Add() => Interlocked.Increment(ref _count);
    }
}
