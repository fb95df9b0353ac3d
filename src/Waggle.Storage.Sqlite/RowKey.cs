using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>
/// The rowid of entities and log rows: the hive's number above, the offset below. Rows of a hive lie together in the order they were made, new ones are
/// appended, and every index ends with this order for free.
/// </summary>
internal static class RowKey
{
    public const long MaxHives = 0x7fff;

    public const int OffsetBits = 48;
    private const long OffsetMask = (1L << OffsetBits) - 1;

    public static long Of(long hive, long offset) =>
        offset is >= 0 and <= OffsetMask ? (hive << OffsetBits) | offset : throw new StoreException($"The offset {offset} is out of range.");

    public static long First(long hive) => hive << OffsetBits;

    public static long Last(long hive) => (hive << OffsetBits) | OffsetMask;

    public static long Offset(long key) => key & OffsetMask;

    /// <summary>An offset that came from a caller, drawn into the hive's range.</summary>
    public static long Clamp(long hive, long offset) => Of(hive, Math.Clamp(offset, 0, OffsetMask));
}

/// <summary>Times are stored as microseconds since 1970.</summary>
internal static class Micros
{
    public static long From(DateTimeOffset time) =>
        // Down, also before 1970: a division rounds towards zero.
        (time.UtcTicks / TimeSpan.TicksPerMicrosecond) - (DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond);

    public static long? From(DateTimeOffset? time) => time is { } known ? From(known) : null;

    public static DateTimeOffset ToTime(long micros) => new(DateTime.UnixEpoch.Ticks + (micros * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
