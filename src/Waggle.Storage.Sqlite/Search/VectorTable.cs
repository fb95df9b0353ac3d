using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>
/// All vectors in memory, in arrays without gaps, so that a search is one pass over memory. Vectors have length 1, so their dot product is their cosine. A
/// removed row is filled with the last one. Empty until a search loads it. Thread-safe: searches run at once, and a change waits for them.
/// </summary>
internal sealed class VectorTable : IDisposable
{
    // A block is long enough for the processor to read ahead, and short enough that growth copies nothing large.
    private const int BlockRows = 2048;

    private readonly ReaderWriterLockSlim _lock = new();
    private readonly Dictionary<long, int> _rowOf = [];
    private readonly List<float[]> _blocks = [];
    private readonly List<Row> _rows = [];
    private int _length;
    private volatile bool _loaded;

    public bool IsLoaded => _loaded;

    public int Count => _rows.Count;

    public void Load(IEnumerable<(long Number, int Group, long Expires, float[] Values)> rows)
    {
        _lock.EnterWriteLock();
        try
        {
            Reset();
            foreach (var (number, group, expires, values) in rows) Set(number, group, expires, values);
            _loaded = true;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Sets a vector, if the table is loaded.</summary>
    public void Put(long number, int group, long expires, ReadOnlySpan<float> values)
    {
        if (!_loaded) return;
        _lock.EnterWriteLock();
        try
        {
            Set(number, group, expires, values);
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    public void Remove(long number)
    {
        if (!_loaded) return;
        _lock.EnterWriteLock();
        try
        {
            if (!_rowOf.Remove(number, out var place)) return;
            var last = _rows.Count - 1;
            if (place != last)
            {
                RowAt(last).CopyTo(RowAt(place));
                _rows[place] = _rows[last];
                _rowOf[_rows[place].Number] = place;
            }

            _rows.RemoveAt(last);
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Removes all vectors; those that follow may have another length.</summary>
    public void Clear()
    {
        _lock.EnterWriteLock();
        try
        {
            Reset();
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Returns the nearest vectors, best first; equal ones in the order of their numbers.</summary>
    /// <param name="accepts">The filter of rows.</param>
    /// <param name="threshold">The least cosine of a hit, where a negative cosine counts as 0; null for any.</param>
    public VectorHits Find(ReadOnlySpan<float> vector, Predicate<Row>? accepts, long now, float? threshold, int limit)
    {
        _lock.EnterReadLock();
        try
        {
            var nearest = new PriorityQueue<VectorHit, VectorHit>(limit + 1, VectorHit.WorstFirst);
            var (below, best) = (0L, (float?)null);
            if (vector.Length != _length) return new([], 0, null);
            var rows = CollectionsMarshal.AsSpan(_rows);
            for (var i = 0; i < rows.Length; i++)
            {
                if (rows[i].Expires <= now || accepts?.Invoke(rows[i]) == false) continue;
                var hit = new VectorHit(rows[i].Number, TensorPrimitives.Dot(vector, RowAt(i)));
                if (threshold > hit.Score)
                {
                    below++;
                    if (best is null || hit.Score > best) best = hit.Score;
                }
                else if (nearest.Count < limit)
                {
                    nearest.Enqueue(hit, hit);
                }
                else if (VectorHit.WorstFirst.Compare(hit, nearest.Peek()) > 0)
                {
                    nearest.EnqueueDequeue(hit, hit);
                }
            }

            var hits = new VectorHit[nearest.Count];
            for (var i = hits.Length; i-- > 0;) hits[i] = nearest.Dequeue();
            return new(hits, below, best);
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>Returns the cosine, 0 to 1, of single entries; those without a vector are absent.</summary>
    public Dictionary<long, float> Scores(ReadOnlySpan<float> vector, IEnumerable<long> numbers)
    {
        _lock.EnterReadLock();
        try
        {
            var scores = new Dictionary<long, float>();
            if (vector.Length != _length) return scores;
            foreach (var number in numbers)
            {
                if (_rowOf.TryGetValue(number, out var place)) scores[number] = new VectorHit(number, TensorPrimitives.Dot(vector, RowAt(place))).Score;
            }

            return scores;
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>Frees the lock. No search runs any more.</summary>
    public void Dispose() => _lock.Dispose();

    private void Set(long number, int group, long expires, ReadOnlySpan<float> values)
    {
        if (_rows.Count == 0) _length = values.Length;
        if (values.Length != _length) return;
        var row = new Row(number, group, expires);
        if (_rowOf.TryGetValue(number, out var place))
        {
            _rows[place] = row;
        }
        else
        {
            place = _rows.Count;
            _rows.Add(row);
            _rowOf[number] = place;
            if (place / BlockRows == _blocks.Count) _blocks.Add(new float[BlockRows * _length]);
        }

        values.CopyTo(RowAt(place));
    }

    private Span<float> RowAt(int place) => _blocks[place / BlockRows].AsSpan(place % BlockRows * _length, _length);

    private void Reset()
    {
        _rowOf.Clear();
        _blocks.Clear();
        _rows.Clear();
        _length = 0;
    }

    /// <param name="Expires">The time from which no search finds the row, in milliseconds since 1970.</param>
    internal readonly record struct Row(long Number, int Group, long Expires);
}

/// <param name="Below">The number of accepted rows below the threshold.</param>
/// <param name="BestBelow">The greatest score among them.</param>
internal readonly record struct VectorHits(IReadOnlyList<VectorHit> Hits, long Below, float? BestBelow);

/// <param name="Cosine">The cosine, -1 to 1.</param>
internal readonly record struct VectorHit(long Number, float Cosine)
{
    public static readonly Comparer<VectorHit> WorstFirst = Comparer<VectorHit>.Create(
        static (a, b) => a.Cosine != b.Cosine ? a.Cosine.CompareTo(b.Cosine) : b.Number.CompareTo(a.Number));

    /// <summary>The cosine from 0 to 1. Rounding of the two lengths may lead a little beyond 1.</summary>
    public float Score => Math.Clamp(Cosine, 0, 1);
}
