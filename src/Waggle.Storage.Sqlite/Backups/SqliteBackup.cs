using Waggle.Core.Ports;
using Waggle.Storage.Sqlite.Blobs;

namespace Waggle.Storage.Sqlite.Backups;

/// <summary>
/// Creates one consistent file from a data folder, even while a hub runs on it. SQLite copies one snapshot (VACUUM INTO), and the hub continues to write to its
/// log beside it. Long results, if there are any, go to a folder with the name of the file and <c>.blobs</c>. They are copied after the snapshot, so that every
/// result that the snapshot refers to is included.
/// </summary>
public static class SqliteBackup
{
    /// <summary>Creates a backup. The file has another name until the end, so a file with the real name is complete, checked and on the disk.</summary>
    /// <exception cref="StoreException">There is nothing to back up, the file exists already, or there is no room.</exception>
    public static StoredFile Create(string folder, string file)
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
            using (var connection = SqliteConnection.Open(database, readOnly: true, SqliteFile.BusyMilliseconds))
            using (var copy = connection.Prepare("VACUUM INTO ?1"))
            {
                copy.BindText(1, part);
                copy.Run();
            }

            SqliteFile.Sync(part);
            SqliteFile.Check(part);
            var made = SqliteFile.Read(part);
            var (count, bytes) = BlobCopies.Copy(Path.Combine(folder, FolderBlobs.FolderName), blobs);
            File.Move(part, file);
            return made with { Path = file, Blobs = count, BlobBytes = bytes };
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
