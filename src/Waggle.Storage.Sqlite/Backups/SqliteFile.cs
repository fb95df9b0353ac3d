using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Backups;

/// <summary>A hive in a database file.</summary>
public sealed record StoredHive(string Name, long Epoch, long Head, DateTimeOffset LastWriteAt);

/// <summary>The content of a database file.</summary>
public sealed record StoredFile(string Path, long Bytes, IReadOnlyList<StoredHive> Hives)
{
    /// <summary>The number of long results beside the file.</summary>
    public int Blobs { get; init; }

    public long BlobBytes { get; init; }
}

/// <summary>Reads a database file from outside, beside a hub that may run on it.</summary>
public static class SqliteFile
{
    internal const int BusyMilliseconds = 5000;

    /// <summary>Returns the process that runs on a data folder; null if there is none.</summary>
    public static string? HolderOf(string folder) => FolderLock.HolderOf(folder);

    /// <exception cref="StoreException">The file is missing, damaged, of another program or of a newer version.</exception>
    public static StoredFile Read(string file)
    {
        _ = NativeSqlite.Library;
        if (!File.Exists(file)) throw new StoreException($"There is no database {file}.");
        DatabaseFile.CheckHeader(file);
        using var connection = SqliteConnection.Open(file, readOnly: true, BusyMilliseconds);
        using var read = connection.Prepare("SELECT name, epoch, head, last_write_at FROM hive ORDER BY no");
        var hives = new List<StoredHive>();
        while (read.Step()) hives.Add(new(read.Text(0)!, read.Int64(1), read.Int64(2), Micros.ToTime(read.Int64(3))));
        return new StoredFile(file, new FileInfo(file).Length, hives);
    }

    /// <summary>Reads every page.</summary>
    /// <exception cref="StoreCorruptException">A part of the file is damaged.</exception>
    internal static void Check(string file)
    {
        using var connection = SqliteConnection.Open(file, readOnly: true, BusyMilliseconds);
        using var check = connection.Prepare("PRAGMA quick_check(1)");
        if (check.Step() && check.Text(0) is { } said && said != "ok") throw new StoreCorruptException($"{file} is damaged: {said}");
    }

    internal static void Sync(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        stream.Flush(flushToDisk: true);
    }
}
