using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Hives;

/// <summary>
/// Rewrites rows of the log without the payloads of chosen records. It works beside the owner's loop, a few rows at a time: the store takes each slice between
/// two commits and compares the term, so an owner that was replaced rewrites nothing.
/// </summary>
/// <param name="tenure">Returns the tenure of the hive.</param>
internal sealed class LogEraser(IStore store, IBatchSink sink, Func<Tenure> tenure) : ILogEraser
{
    // A row holds the records of one turn of the owner's loop, which may be megabytes.
    private const int Slice = 16;

    private LogExtent? _extent;

    public async Task<ErasedSlice> EraseAsync(
        long after, long through, Func<IReadOnlyList<RecordData>, Task<Func<RecordData, bool>>> choose, CancellationToken cancel)
    {
        var hive = tenure().Hive;
        var extent = _extent ??= await store.GetLogExtentAsync(hive, cancel);
        var rows = await store.ReadLogAsync(hive, after, Slice, cancel);
        var (changed, unreadable, erased) = (new List<LogRow>(), new List<long>(), 0);
        foreach (var row in rows)
        {
            if (row.FirstOffset > through) break;
            try
            {
                var (rewritten, count) = await RewriteAsync(row, extent.Epochs, choose);
                if (count == 0) continue;
                changed.Add(rewritten);
                erased += count;
            }
            catch (StoreCorruptException)
            {
                // The hub never sends a row that it cannot read.
                unreadable.Add(row.FirstOffset);
            }
        }

        if (changed.Count > 0) await store.RewriteLogAsync(tenure(), changed, cancel);
        return new(rows.Count == 0 ? through : Math.Min(through, rows[^1].LastOffset), erased, unreadable);
    }

    public ValueTask ForgetAsync(long through) => sink.ForgetAsync(through);

    public ValueTask ScrubAsync(CancellationToken cancel) => store.ScrubAsync(cancel);

    private static async Task<(LogRow Row, int Erased)> RewriteAsync(
        LogRow row, IReadOnlyList<EpochStart> epochs, Func<IReadOnlyList<RecordData>, Task<Func<RecordData, bool>>> choose)
    {
        var records = RecordLog.Read(row, epochs);
        var typed = records.Select(r => r.Typed()).ToArray();
        var chosen = await choose([.. typed.OfType<RecordData>()]);
        var bodies = new RecordData?[records.Count];
        var erased = 0;
        for (var i = 0; i < bodies.Length; i++)
        {
            if (typed[i] is not { Purged: false } data || !chosen(data)) continue;
            bodies[i] = data.Erased() with { Purged = true };
            erased++;
        }

        return erased == 0 ? (row, 0) : (row with { Body = RecordLog.Rewrite(records, bodies) }, erased);
    }
}
