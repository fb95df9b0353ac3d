using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <summary>Takes the folder and opens or makes the database in it.</summary>
    /// <param name="kinds">Every kind that will be asked for. Kinds that were stored before and are not named here stay as they are.</param>
    /// <exception cref="StoreLockedException">Another hub has the folder.</exception>
    /// <exception cref="StoreCorruptException">What is there is no Waggle database, is damaged, or is of a newer version. Nothing was changed.</exception>
    /// <exception cref="StoreException">The folder cannot be used.</exception>
    public static SqliteStore Open(SqliteStoreOptions options, IReadOnlyList<EntityKind> kinds, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(kinds);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Readers, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CheckpointPages, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.ReserveBytes, nameof(options));

        var tables = kinds.Select(kind => new KindTable(kind)).ToList();
        _ = NativeSqlite.Library;

        FolderLock? folder = null;
        SqliteConnection? writer = null;
        HeadMarker? marker = null;
        try
        {
            FileRights.CreateFolder(options.Folder);
            folder = FolderLock.Take(options.Folder, time);
            var file = Path.Combine(options.Folder, FileName);
            DatabaseFile.Prepare(file, options);
            try
            {
                writer = OpenWriter(file, options, tables);
            }
            catch (StoreFullException)
            {
                // A hub that died on a full disk must come back up on it: this is what the reserve is for.
                Reserve.DeleteFile(options.Folder);
                writer = OpenWriter(file, options, tables);
            }

            foreach (var companion in (string[])["", "-wal", "-shm"])
                FileRights.OwnerOnly(file + companion);
            marker = HeadMarker.Open(options.Folder);
            return new SqliteStore(options, folder, writer, marker, tables, time);
        }
        catch (Exception e)
        {
            writer?.Dispose();
            marker?.Dispose();
            folder?.Dispose();
            if (e is IOException or UnauthorizedAccessException)
                throw new StoreException($"The folder {options.Folder} cannot be used: {e.Message} Check the path and the rights of the hub's user.", e);
            throw;
        }
    }

    private static SqliteConnection OpenWriter(string file, SqliteStoreOptions options, List<KindTable> tables)
    {
        var writer = SqliteConnection.Open(file, readOnly: false, (int)options.BusyTimeout.TotalMilliseconds);
        try
        {
            // Debian builds SQLite to overwrite what is deleted; that doubles the pages of a deletion. Checkpoints are the store's own, see Checkpoint.
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

    // SQLite stays silently with what it can: a file system without shared memory gives another journal, under which readers and the writer block each other.
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
