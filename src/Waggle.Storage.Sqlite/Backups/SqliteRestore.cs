using System.Security.Cryptography;
using Waggle.Core.Ports;
using Waggle.Storage.Sqlite.Blobs;

namespace Waggle.Storage.Sqlite.Backups;

/// <summary>
/// A data folder out of a backup. It is a new history from here on, and has to be told from what the original wrote after the backup: see docs/adr/0008.
/// </summary>
public static class SqliteRestore
{
    private const int EpochBits = HistoryMark.EpochBits;

    /// <summary>More than the original can have written since: no offset, and so no lease token, has two meanings.</summary>
    private const long OffsetJump = 1L << 32;

    /// <exception cref="StoreException">The file is no backup, or the folder has a database or a hub.</exception>
    public static StoredFile Restore(string file, string folder, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        SqliteFile.Read(file);
        SqliteFile.Check(file);
        var database = Path.Combine(folder, SqliteStore.FileName);
        var part = database + ".restoring";
        try
        {
            Directory.CreateDirectory(folder);
            using var held = FolderLock.Take(folder, time);
            if (File.Exists(database) || File.Exists(database + "-wal"))
                throw new StoreException($"{folder} has a database already; a restore overwrites nothing. Move it away, or name another folder.");
            var blobs = Path.Combine(folder, FolderBlobs.FolderName);
            if (Directory.Exists(blobs)) throw new StoreException($"{blobs} is there already; a restore overwrites nothing. Move it away, or name another folder.");
            File.Copy(file, part, overwrite: true);
            BeginAnew(part, time.GetUtcNow());
            SqliteFile.Sync(part);
            var (count, bytes) = BlobCopies.Copy(BlobCopies.FolderOf(file), blobs);
            File.Move(part, database);
            return SqliteFile.Read(database) with { Blobs = count, BlobBytes = bytes };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{folder} cannot be restored to: {e.Message}", e);
        }
        finally
        {
            SqliteBackup.TryDelete(part);
        }
    }

    /// <summary>An epoch that no life of the original reaches by counting, and that another restore, of this backup or of a later one, does not draw.</summary>
    internal static long EpochAfter(long epoch, DateTimeOffset now)
    {
        var draw = RandomNumberGenerator.GetInt32(1 << EpochBits);
        return (Math.Max(now.ToUnixTimeSeconds(), (epoch >> EpochBits) + 1) << EpochBits) + draw;
    }

    private static void BeginAnew(string file, DateTimeOffset now)
    {
        using var connection = Connection.Open(file, readOnly: false, SqliteFile.BusyMilliseconds);
        Migrations.Apply(connection, file, Migrations.All);
        var epochs = new List<(long No, long Epoch)>();
        using (var read = connection.Prepare("SELECT no, epoch FROM hive"))
        {
            while (read.Step()) epochs.Add((read.Int64(0), read.Int64(1)));
        }

        connection.Begin();
        using var update = connection.Prepare("UPDATE hive SET term = term + 1, epoch = ?2, head = head + ?3, floor = head + ?3 WHERE no = ?1");
        foreach (var (no, epoch) in epochs)
        {
            update.Bind(1, no);
            update.Bind(2, EpochAfter(epoch, now));
            update.Bind(3, OffsetJump);
            update.Run();
        }

        connection.Commit();
    }
}
