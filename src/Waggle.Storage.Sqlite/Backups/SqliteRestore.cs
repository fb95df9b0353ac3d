using Waggle.Core.Ports;
using Waggle.Storage.Sqlite.Blobs;

namespace Waggle.Storage.Sqlite.Backups;

/// <summary>
/// Creates a data folder from a backup. It begins a new history, distinct from everything that the original wrote after the backup: see docs/adr/0008.
/// </summary>
public static class SqliteRestore
{
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
            FileRights.CreateFolder(folder);
            using var held = FolderLock.Take(folder, time);
            if (File.Exists(database) || File.Exists(database + "-wal"))
                throw new StoreException($"{folder} has a database already; a restore overwrites nothing. Move it away, or name another folder.");
            var blobs = Path.Combine(folder, FolderBlobs.FolderName);
            if (Directory.Exists(blobs))
            {
                throw new StoreException($"{blobs} is there already; a restore overwrites nothing. Move it away, or name another folder.");
            }

            File.Copy(file, part, overwrite: true);
            BeginAnew(part, time.GetUtcNow());
            FileRights.OwnerOnly(part);
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

    private static void BeginAnew(string file, DateTimeOffset now)
    {
        using var connection = SqliteConnection.Open(file, readOnly: false, SqliteFile.BusyMilliseconds);
        Migrations.Apply(connection, file, Migrations.All);
        var hives = new List<(long No, long Epoch, long Head)>();
        using (var read = connection.Prepare("SELECT no, epoch, head FROM hive"))
        {
            while (read.Step()) hives.Add((read.Int64(0), read.Int64(1), read.Int64(2)));
        }

        connection.Begin();
        foreach (var (no, epoch, head) in hives)
        {
            var after = NewHistory.After(epoch, head, now);
            NewHistory.Begin(connection, no, after.Epoch, after.Head);
        }

        connection.Commit();
    }
}
