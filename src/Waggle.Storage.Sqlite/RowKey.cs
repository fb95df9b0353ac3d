using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>
/// The rowid of entities and log rows: the number of the hive in the upper bits, the offset in the lower ones. The rows of a hive lie together in the order of
/// their creation, new rows are appended, and every index ends with this order at no cost.
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

    /// <summary>Returns the key of a caller's offset, clamped to the hive's range.</summary>
    public static long Clamp(long hive, long offset) => Of(hive, Math.Clamp(offset, 0, OffsetMask));
}

/// <summary>Converts times to and from the stored form, microseconds since 1970.</summary>
internal static class Micros
{
    public static long From(DateTimeOffset time) =>
        // The conversion rounds down, also before 1970, where a division would round towards zero.
        (time.UtcTicks / TimeSpan.TicksPerMicrosecond) - (DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond);

    public static long? From(DateTimeOffset? time) => time is { } known ? From(known) : null;

    public static DateTimeOffset ToTime(long micros) => new(DateTime.UnixEpoch.Ticks + (micros * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
