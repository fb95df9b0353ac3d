using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>The open parts of a store's folder: its lock, the writer's connection and the marker.</summary>
internal sealed record OpenedFolder(FolderLock Lock, SqliteConnection Writer, HeadMarker Marker) : IDisposable
{
    /// <summary>Releases the lock on the folder last, so that the files are at rest when it is free.</summary>
    public void Dispose()
    {
        Writer.Dispose();
        Marker.Dispose();
        Lock.Dispose();
    }
}

/// <summary>Locks a folder and opens or creates the database in it.</summary>
internal static class StoreOpening
{
    public static OpenedFolder Open(SqliteStoreOptions options, List<KindTable> tables, TimeProvider time)
    {
        _ = NativeSqlite.Library;

        FolderLock? folder = null;
        SqliteConnection? writer = null;
        HeadMarker? marker = null;
        try
        {
            FileRights.CreateFolder(options.Folder);
            folder = FolderLock.Take(options.Folder, time);
            var file = Path.Combine(options.Folder, SqliteStore.FileName);
            DatabaseFile.Prepare(file, options);
            try
            {
                writer = OpenWriter(file, options, tables);
            }
            catch (StoreFullException)
            {
                // A hub that stopped on a full disk must be able to start on it, so it releases the reserve first.
                Reserve.DeleteFile(options.Folder);
                writer = OpenWriter(file, options, tables);
            }

            foreach (var companion in (string[])["", "-wal", "-shm"])
                FileRights.OwnerOnly(file + companion);
            marker = HeadMarker.Open(options.Folder);
            return new OpenedFolder(folder, writer, marker);
        }
        catch
        {
            writer?.Dispose();
            marker?.Dispose();
            folder?.Dispose();
            throw;
        }
    }

    private static SqliteConnection OpenWriter(string file, SqliteStoreOptions options, List<KindTable> tables)
    {
        var writer = SqliteConnection.Open(file, readOnly: false, (int)options.BusyTimeout.TotalMilliseconds);
        try
        {
            // Debian builds SQLite to overwrite deleted data, which doubles the pages of a deletion. The store runs its own checkpoints, see Checkpoint.
            writer.Execute(
                $"""
                PRAGMA cache_size = -{options.CacheKiB};
                PRAGMA secure_delete = OFF;
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = {(options.Synchronous == SqliteSynchronous.Full ? "FULL" : "NORMAL")};
                PRAGMA fullfsync = ON;
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA journal_size_limit = {options.CheckpointPages * 2L * 4096};
                """);
            RequireWriteAheadLog(writer, file);
            Migrations.Apply(writer, file, Migrations.All);
            EnsureKinds(writer, tables);
            if (options.MaxPageCount is { } most)
                writer.Execute($"PRAGMA max_page_count = {most}");
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    // SQLite silently falls back to another journal on a file system without shared memory. Under such a journal readers and the writer block each other.
    private static void RequireWriteAheadLog(SqliteConnection writer, string file)
    {
        using var mode = writer.Prepare("PRAGMA journal_mode");
        if (mode.Step() && mode.Text(0) is var name && name != "wal")
            throw new StoreException($"{file} cannot have a write-ahead log here (SQLite stays with '{name}'): put the folder on a local disk.");
    }

    private static void EnsureKinds(SqliteConnection writer, List<KindTable> tables)
    {
        writer.Begin();
        try
        {
            foreach (var table in tables)
                KindSchema.Ensure(writer, table);
            writer.Commit();
        }
        catch
        {
            writer.Rollback();
            throw;
        }
    }
}
