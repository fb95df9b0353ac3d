using Waggle.Core.Ports;
using Waggle.Storage.Sqlite.Blobs;

namespace Waggle.Storage.Sqlite.Backups;

/// <summary>
/// One consistent file out of a data folder, while a hub may run on it: SQLite copies one snapshot (VACUUM INTO); the hub goes on writing to its log beside it.
/// Long results, if there are any, are copied to a folder of the file's name with <c>.blobs</c>: after the snapshot, so that none that it refers to is too
/// young.
/// </summary>
public static class SqliteBackup
{
    /// <summary>Under another name first: a file with the real name is whole, checked and on the disk.</summary>
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
            // What is left has a name that says what it is; the next backup replaces it.
        }
    }
}
