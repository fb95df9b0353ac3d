using System.Security.Cryptography;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Blobs;

/// <summary>Copies the blobs of a folder beside a backup of its database, and back. It compares each blob with the hash in its name.</summary>
internal static class BlobCopies
{
    /// <summary>Returns the folder of a backup's blobs.</summary>
    public static string FolderOf(string backup) => backup + ".blobs";

    /// <summary>Copies all blobs to a new folder, completely or not at all; without blobs it creates none.</summary>
    /// <exception cref="StoreCorruptException">A content does not have the hash in its name.</exception>
    public static (int Count, long Bytes) Copy(string from, string to)
    {
        var blobs = Directory.Exists(from) ? Directory.GetFiles(from).Where(f => BlobInfo.TryParse(Path.GetFileName(f), out _, out _)).ToArray() : [];
        if (blobs.Length == 0) return (0, 0);
        var part = to + ".part";
        if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        FileRights.CreateFolder(part);
        try
        {
            long bytes = 0;
            foreach (var blob in blobs) bytes += CopyOne(blob, Path.Combine(part, Path.GetFileName(blob)));
            FolderSync.Sync(part);
            Directory.Move(part, to);
            FolderSync.Sync(Path.GetDirectoryName(Path.GetFullPath(to))!);
            return (blobs.Length, bytes);
        }
        finally
        {
            if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        }
    }

    private static long CopyOne(string from, string to)
    {
        try
        {
            File.Copy(from, to);
        }
        catch (FileNotFoundException)
        {
            // The task of the blob was deleted since the folder was read.
            return 0;
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
