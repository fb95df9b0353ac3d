using System.Security.Cryptography;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>
/// Begins a new history for a hive that is older than its clients and workers may have seen: a restored hive, or one whose database lost commits. See
/// docs/adr/0008.
/// </summary>
internal static class NewHistory
{
    private const int EpochBits = HistoryMark.EpochBits;

    /// <summary>
    /// The distance to the new offsets. It exceeds the offsets that can have been written since, so no offset and no lease token has two meanings.
    /// </summary>
    private const long OffsetJump = 1L << 32;

    /// <summary>
    /// Returns an epoch that no other history of the hive reaches by counting and no other new history draws, and the head that it starts from.
    /// </summary>
    public static (long Epoch, long Head) After(long epoch, long head, DateTimeOffset now)
    {
        var draw = RandomNumberGenerator.GetInt32(1 << EpochBits);
        return ((Math.Max(now.ToUnixTimeSeconds(), (epoch >> EpochBits) + 1) << EpochBits) + draw, head + OffsetJump);
    }

    /// <summary>Writes the new history within a transaction. No position before it can be resumed from.</summary>
    public static void Begin(SqliteConnection writer, long hive, long epoch, long head)
    {
        using var update = writer.Prepare("UPDATE hive SET term = term + 1, epoch = ?2, head = ?3, floor = ?3 WHERE no = ?1");
        update.Bind(1, hive);
        update.Bind(2, epoch);
        update.Bind(3, head);
        update.Run();
    }
}
