using System.Security.Cryptography;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Blobs;

/// <summary>Copies the blobs of a folder beside a backup of its database, and back. It compares each blob with the hash in its name.</summary>
internal static class BlobCopies
{
    /// <summary>Returns the folder of a backup's blobs.</summary>
    public static string FolderOf(string backup) => backup + ".blobs";

    /// <summary>Copies all blobs to a new folder, completely or not at all; without blobs it creates none.</summary>
    /// <param name="between">Called after a first copy, which a second one completes with the blobs that came meanwhile.</param>
    /// <exception cref="StoreCorruptException">A content does not have the hash in its name.</exception>
    public static (int Count, long Bytes) Copy(string from, string to, Action? between = null)
    {
        var part = to + ".part";
        if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        try
        {
            var (count, bytes) = CopyNew(from, part);
            if (between is not null)
            {
                between();
                var (more, moreBytes) = CopyNew(from, part);
                (count, bytes) = (count + more, bytes + moreBytes);
            }

            if (count == 0) return (0, 0);
            FolderSync.Sync(part);
            Directory.Move(part, to);
            FolderSync.Sync(Path.GetDirectoryName(Path.GetFullPath(to))!);
            return (count, bytes);
        }
        finally
        {
            if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        }
    }

    private static (int Count, long Bytes) CopyNew(string from, string to)
    {
        var (count, bytes) = (0, 0L);
        foreach (var blob in Directory.Exists(from) ? Directory.GetFiles(from) : [])
        {
            var copy = Path.Combine(to, Path.GetFileName(blob));
            if (!BlobInfo.TryParse(Path.GetFileName(blob), out _, out _) || File.Exists(copy)) continue;
            if (!Directory.Exists(to)) FileRights.CreateFolder(to);
            if (CopyOne(blob, copy) is not { } length) continue;
            (count, bytes) = (count + 1, bytes + length);
        }

        return (count, bytes);
    }

    private static long? CopyOne(string from, string to)
    {
        try
        {
            File.Copy(from, to);
        }
        catch (FileNotFoundException)
        {
            // The blob was unused and was deleted since the folder was read, by a hub that had looked before the backup took its lock.
            return null;
        }

        File.SetLastWriteTimeUtc(to, File.GetLastWriteTimeUtc(from));
        using var file = new FileStream(to, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        _ = BlobInfo.TryParse(Path.GetFileName(from), out _, out var sha256);
        if (Convert.ToHexStringLower(SHA256.HashData(file)) != sha256)
        {
            throw new StoreCorruptException($"{from} is damaged: its content does not match its name.");
        }

        file.Flush(flushToDisk: true);
        return file.Length;
    }
}
