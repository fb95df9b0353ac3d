using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Core.Hives;

/// <summary>Reads the durable records of a hive, for resumes. Thread-safe.</summary>
internal sealed partial class LogReader(HiveReader reader, IStore store, ILogger log)
{
    private volatile LogExtent? _extent;

    private string Hive => reader.Options.Hive;

    /// <inheritdoc cref="IHive.ReadAsync"/>
    public async Task<History> ReadAsync(Position after, int maxRows, CancellationToken cancel)
    {
        // The epochs do not change while this process owns the hive; the floor does.
        var extent = _extent;
        if (extent is null || after.Offset < extent.Floor + 1 || after.Offset > reader.Head.Offset)
            _extent = extent = await reader.ReadAsync(() => store.GetLogExtentAsync(Hive, cancel), cancel);
        if (!IsKnown(after, extent)) return Unknown(after);
        var head = reader.Head.Offset;
        var rows = await reader.ReadAsync(() => store.ReadLogAsync(Hive, after.Offset, maxRows, cancel), cancel);
        if (rows.Count > 0 ? rows[0].FirstOffset > after.Offset + 1 : after.Offset < head)
        {
            // Retention deleted the records after the position since the extent was read.
            _extent = null;
            return Unknown(after);
        }

        return Records(rows, extent, after) is not { } records
            ? Unknown(after)
            : new History(true, records, rows.Count > 0 ? rows[^1].LastOffset : after.Offset, rows.Count < maxRows);
    }

    private List<Record>? Records(IReadOnlyList<LogRow> rows, LogExtent extent, Position after)
    {
        var records = new List<Record>();
        foreach (var row in rows)
        {
            try
            {
                records.AddRange(RecordLog.Read(row, extent.Epochs).Where(r => r.Position.Offset > after.Offset));
            }
            catch (StoreCorruptException e)
            {
                // The hub never resumes in part: a client from before the damage loads everything again.
                LogDamaged(log, Hive, row.FirstOffset - 1, e);
                return null;
            }
        }

        return records;
    }

    // A position is of this log if its epoch is, and its offset lies within the range that that epoch wrote.
    private bool IsKnown(Position position, LogExtent extent)
    {
        if (position.Offset < extent.Floor) return false;
        for (var i = 0; i < extent.Epochs.Count; i++)
        {
            if (extent.Epochs[i].Epoch != position.Epoch) continue;
            var last = i + 1 < extent.Epochs.Count ? extent.Epochs[i + 1].After : Math.Max(extent.Head, reader.Head.Offset);
            return position.Offset >= extent.Epochs[i].After && position.Offset <= last;
        }

        return false;
    }

    private static History Unknown(Position after) => new(false, [], after.Offset, false);

    [LoggerMessage(
        19,
        LogLevel.Error,
        "The log of hive '{Hive}' is damaged after offset {Offset}: clients that resume from an earlier position must reload their state.")]
    private static partial void LogDamaged(ILogger logger, string hive, long offset, Exception e);
}
