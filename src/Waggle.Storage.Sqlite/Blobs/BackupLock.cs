namespace Waggle.Storage.Sqlite.Blobs;

/// <summary>
/// The lock by which backups keep the hub from deleting blobs while they copy them. It is the operating system's lock on a file of the data folder, shared by
/// all backups, so it ends with its process, kill -9 included, and no backup that died keeps blobs.
/// </summary>
internal static class BackupLock
{
    public const string FileName = "backup.lock";

    // The hub has the file open for a moment only, to look whether a backup holds it.
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(10);

    /// <summary>Creates the file, which backups only read: they may run as another user.</summary>
    public static void Create(string folder)
    {
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file)) FileRights.CreateFile(file);
    }

    /// <summary>Holds the lock until the caller disposes it. Null if no hub that respects it has run on the folder.</summary>
    /// <exception cref="IOException">The file cannot be locked.</exception>
    public static IDisposable? Hold(string folder)
    {
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file)) return null;
        FileStream? held = null;
        IOException? failure = null;
        SpinWait.SpinUntil(
            () =>
            {
                try
                {
                    held = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
                }
                catch (IOException e)
                {
                    failure = e;
                }

                return held is not null || !FolderLock.IsHeld(failure!);
            },
            LongestLook);
        return held ?? throw failure!;
    }

    /// <summary>Whether a backup runs.</summary>
    public static bool IsHeld(string folder)
    {
        try
        {
            using var free = new FileStream(Path.Combine(folder, FileName), FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException e) when (FolderLock.IsHeld(e))
        {
            return true;
        }
    }
}
