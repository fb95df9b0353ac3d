using System.Runtime.InteropServices;

namespace Waggle.Storage.Sqlite.Blobs;

/// <summary>
/// Makes the names in a folder durable. A file that was synced and renamed may have its old name after a power cut until its folder is synced, too.
/// </summary>
internal static partial class FolderSync
{
    public static void Sync(string folder)
    {
        // NTFS keeps names in its own journal, and Windows does not permit opening a directory for a sync.
        if (OperatingSystem.IsWindows()) return;
        var handle = Open(folder, 0);
        if (handle < 0) throw new IOException($"{folder} cannot be opened (errno {Marshal.GetLastPInvokeError()}).", Marshal.GetLastPInvokeError());
        try
        {
            if (Fsync(handle) != 0) throw new IOException($"{folder} cannot be synced (errno {Marshal.GetLastPInvokeError()}).", Marshal.GetLastPInvokeError());
        }
        finally
        {
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
