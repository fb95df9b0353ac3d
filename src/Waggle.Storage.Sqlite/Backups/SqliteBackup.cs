using Waggle.Core.Ports;
using Waggle.Storage.Sqlite.Blobs;

namespace Waggle.Storage.Sqlite.Backups;

/// <summary>
/// Creates one consistent file from a data folder, even while a hub runs on it. SQLite copies one snapshot (VACUUM INTO), and the hub continues to write to its
/// log beside it. Long results, if there are any, go to a folder with the name of the file and <c>.blobs</c>. They are copied before the snapshot and completed
/// after it, so that every result that the snapshot refers to is included: the hub may add some meanwhile, and deletes none while the backup holds its lock.
/// </summary>
public static class SqliteBackup
{
    /// <summary>Creates a backup. The file has another name until the end, so a file with the real name is complete, checked and on the disk.</summary>
    /// <exception cref="StoreException">There is nothing to back up, the file exists already, or there is no room.</exception>
    public static StoredFile Create(string folder, string file) => Create(folder, file, static () => { });

    /// <param name="made">Called when the snapshot is made, before the blobs are complete.</param>
    internal static StoredFile Create(string folder, string file, Action made)
    {
        var database = Path.Combine(folder, SqliteStore.FileName);
        SqliteFile.Read(database);
        var blobs = BlobCopies.FolderOf(file);
        if (File.Exists(file) || Directory.Exists(blobs)) throw new StoreException($"{file} exists already; a backup overwrites nothing.");
        var part = file + ".part";
        try
        {
            File.Delete(part);
            FileRights.CreateFile(part);
            using var held = BackupLock.Hold(folder);
            var (count, bytes) = BlobCopies.Copy(Path.Combine(folder, FolderBlobs.FolderName), blobs, () =>
            {
                Snapshot(database, part);
                made();
            });
            SqliteFile.Sync(part);
            SqliteFile.Check(part);
            var copy = SqliteFile.Read(part);
            File.Move(part, file);
            return copy with { Path = file, Blobs = count, BlobBytes = bytes };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The backup {file} could not be written: {e.Message}", e);
        }
        finally
        {
            TryDelete(part);
        }
    }

    private static void Snapshot(string database, string file)
    {
        using var connection = SqliteConnection.Open(database, readOnly: true, SqliteFile.BusyMilliseconds);
        using var copy = connection.Prepare("VACUUM INTO ?1");
        copy.BindText(1, file);
        copy.Run();
    }

    internal static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The name of the remaining file shows its purpose; the next backup replaces it.
        }
    }
}
