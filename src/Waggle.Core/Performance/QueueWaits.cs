using Waggle.Protocol.Model;

namespace Waggle.Core.Performance;

/// <summary>
/// The waits of the tasks that were assigned in the last five minutes, in buckets of five seconds. Mean and maximum are exact. The percentiles are those of a
/// histogram with logarithmic buckets (DDSketch: Masson, Rim and Lee, 2019) and have an error of at most 2 % or half a millisecond. Used by the
/// owner's loop alone.
/// </summary>
internal sealed class QueueWaits
{
    private const double Error = 0.02;
    private const double Gamma = (1 + Error) / (1 - Error);

    private static readonly double LogGamma = Math.Log(Gamma);

    private readonly Bucket[] _ring = new Bucket[RollingWindow.Buckets];

    public void Add(DateTimeOffset at, long ms)
    {
        var number = at.UtcTicks / RollingWindow.BucketTicks;
        ref var bucket = ref _ring[number % RollingWindow.Buckets];
        if (bucket.Number != number)
        {
            bucket.Counts?.Clear();
            bucket = new Bucket { Number = number, Counts = bucket.Counts ?? [] };
        }

        bucket.Count++;
        bucket.Sum += ms;
        bucket.Longest = Math.Max(bucket.Longest, ms);
        var cell = CellOf(ms);
        bucket.Counts![cell] = bucket.Counts.GetValueOrDefault(cell) + 1;
    }

    /// <summary>Returns the number of assignments, and their waits; null waits without an assignment.</summary>
    public (long Assigned, QueueWait? Wait) Read(DateTimeOffset now)
    {
        var newest = now.UtcTicks / RollingWindow.BucketTicks;
        var cells = new SortedDictionary<int, long>();
        var (count, sum, longest) = (0L, 0L, 0L);
        foreach (var bucket in _ring)
        {
            if (bucket.Number <= newest - RollingWindow.Buckets || bucket.Number > newest || bucket.Counts is null) continue;
            (count, sum, longest) = (count + bucket.Count, sum + bucket.Sum, Math.Max(longest, bucket.Longest));
            foreach (var (cell, number) in bucket.Counts) cells[cell] = cells.GetValueOrDefault(cell) + number;
        }

        return count == 0 ? default : (count, new(sum / count, Rank(cells, count, 0.5, longest), Rank(cells, count, 0.9, longest), longest));
    }

    private static long Rank(SortedDictionary<int, long> cells, long count, double share, long longest)
    {
        var rank = (long)Math.Ceiling(share * count);
        foreach (var (cell, number) in cells)
        {
            if ((rank -= number) <= 0) return Math.Min(longest, MsOf(cell));
        }

        return longest;
    }

    // A wait of 0 ms has a cell of its own.
    private static int CellOf(long ms) => ms <= 0 ? -1 : (int)Math.Ceiling(Math.Log(ms) / LogGamma);

    private static long MsOf(int cell) => cell < 0 ? 0 : (long)Math.Round(2 * Math.Pow(Gamma, cell) / (Gamma + 1));

    private struct Bucket
    {
        public long Number;
        public long Count;
        public long Sum;
        public long Longest;
        public Dictionary<int, int>? Counts;
    }
}
