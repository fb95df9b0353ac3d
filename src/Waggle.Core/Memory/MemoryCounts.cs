using Waggle.Core.Kernel;

namespace Waggle.Core.Memory;

/// <summary>Counts the entries and bytes of the hive and the changes of a turn, for the metrics. Only the owner's loop uses it.</summary>
internal sealed class MemoryCounts
{
    private long _entries;
    private long _bytes;

    public void Add(long entries, long bytes)
    {
        _entries += entries;
        _bytes += bytes;
    }

    public void Reset() => (_entries, _bytes) = (0, 0);

    /// <summary>Reports the changes of a durable turn.</summary>
    public void Report(in TurnReport turn, MemoryMetrics figures)
    {
        figures.Has(_entries, _bytes);
        foreach (var (data, _) in turn.Batch)
        {
            if (data is not MemoryRecord) continue;
            switch (data)
            {
                case MemoryStored: figures.Put(); break;
                case MemoryDeleted: figures.Deleted(); break;
                case MemoryExpired: figures.Expired(); break;
            }
        }
    }
}
