using System.Globalization;
using Waggle.Shared;
using Waggle.Storage.Sqlite;
using Waggle.Storage.Sqlite.Backups;

namespace Waggle.Commands.Operations;

/// <summary>Checks the data folder, its disk and its database.</summary>
internal static class FolderChecks
{
    private const double SlowDiskMs = 20;
    private const double ImpossibleDiskMs = 0.02;
    private const long LowBytes = 1024L * 1024 * 1024;
    private const long EmptyBytes = 64L * 1024 * 1024;

    public static IEnumerable<Check> Run(string folder, DateTimeOffset now)
    {
        var exists = Directory.Exists(folder);
        yield return exists ? Check.Ok("folder", folder) : Check.Warn("folder", $"{folder} does not exist; waggle serve makes it.");
        var place = exists ? folder : ParentOf(folder);
        var writable = Check.Of("writable", () => Writable(place));
        yield return writable;
        yield return Check.Of("space", () => Space(place));
        if (writable.State == CheckState.Ok) yield return Check.Of("fsync", () => Sync(place));
        if (!exists) yield break;
        yield return Check.Of(
            "lock",
            () => SqliteFile.HolderOf(folder) is { } holder ? Check.Warn("lock", $"In use by {holder}.") : Check.Ok("lock", "No process uses the folder."));
        yield return Check.Of("database", () => Database(Path.Combine(folder, SqliteStore.FileName), now));
    }

    private static string ParentOf(string folder)
    {
        var place = folder;
        while (!Directory.Exists(place) && Path.GetDirectoryName(place) is { } above) place = above;
        return place;
    }

    private static Check Writable(string folder)
    {
        var probe = Path.Combine(folder, $".waggle-doctor-{Environment.ProcessId}");
        File.WriteAllText(probe, "");
        File.Delete(probe);
        return Check.Ok("writable", $"{folder} can be written.");
    }

    private static Check Space(string folder)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        var text = string.Create(CultureInfo.InvariantCulture, $"{free / 1024.0 / 1024 / 1024:F1} GiB free");
        return free < EmptyBytes ? Check.Fail("space", text) : free < LowBytes ? Check.Warn("space", text) : Check.Ok("space", text);
    }

    // No commit is faster than this. A time below any real disk's means that the data does not reach the disk.
    private static Check Sync(string folder)
    {
        var median = Fsync.MedianMs(folder);
        var text = string.Create(CultureInfo.InvariantCulture, $"p50 {median:F2} ms for 4 KiB");
        if (median > SlowDiskMs) return Check.Warn("fsync", $"{text}: each commit waits that long; put the folder on a local SSD.");
        return median < ImpossibleDiskMs ? Check.Warn(
            "fsync", $"{text}: too fast for a disk (memory, or a disk that lies); a power cut may lose what was acknowledged.") : Check.Ok("fsync", text);
    }

    private static Check Database(string file, DateTimeOffset now)
    {
        if (!File.Exists(file)) return Check.Ok("database", "None yet.");
        var stored = SqliteFile.Read(file);
        var hives = string.Join(", ", stored.Hives.Select(h => $"hive {h.Name} at {h.Epoch}:{h.Head}"));
        var text = $"{stored.Bytes} bytes; {hives}";
        return stored.Hives.FirstOrDefault(h => h.LastWriteAt > now) is { } ahead
            ? Check.Warn("database", $"{text}. It was last written at {Printer.Time(ahead.LastWriteAt)}, later than this machine's clock says it is.")
            : Check.Ok("database", text);
    }
}
