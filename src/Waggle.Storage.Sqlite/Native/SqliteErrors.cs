using SQLitePCL;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>Converts result codes to the port's exceptions, with messages that state the remedy.</summary>
internal static class SqliteErrors
{
    private const int DiskReallyFull = 1024 * 1024;

    public static StoreException From(int code, string message, string file, string doing)
    {
        var what = $"{doing}: SQLite says '{message}' ({code}) about {file}.";
        return (code & 0xff) switch
        {
            raw.SQLITE_FULL =>
                new StoreFullException($"{what} The disk is full or the database has reached its size limit: free space or shorten the retention."),
            raw.SQLITE_IOERR when DiskIsFull(file) => new StoreFullException($"{what} The disk is full: free space."),
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new StoreCorruptException(
                $"{what} The file is damaged. Stop the hub, keep a copy of the folder, and restore a backup or try `sqlite3 waggle.db .recover`."),
            raw.SQLITE_CONSTRAINT => new StoreException($"{what} A value that must be unique is already used."),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new StoreException($"{what} Another program holds the database: close it."),
            raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_CANTOPEN or raw.SQLITE_AUTH => new StoreException(
                $"{what} Check that the hub may read and write the folder and the files in it."),
            _ => new StoreException(what),
        };
    }

    // Some calls (shared memory, sync) report a full disk as a plain I/O error.
    private static bool DiskIsFull(string file)
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(file)) ?? file).AvailableFreeSpace < DiskReallyFull;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }
}
