using System.Runtime.InteropServices;

namespace Waggle.Storage.Sqlite;

/// <summary>The identity of a file, to distinguish it from another file at the same path: device and inode on Linux, the time of creation elsewhere.</summary>
internal readonly partial record struct FileIdentity(ulong Device, ulong Number)
{
    private const int CurrentFolder = -100;
    private const uint WantInode = 0x100;
    private const int StatxBytes = 256;
    private const int InodeAt = 32;
    private const int DeviceAt = 136;

    /// <summary>Returns the file that the path leads to at this moment; null if there is none or it cannot be examined.</summary>
    public static unsafe FileIdentity? Of(string path)
    {
        if (!OperatingSystem.IsLinux())
            return File.Exists(path) ? new FileIdentity(0, (ulong)File.GetCreationTimeUtc(path).Ticks) : null;

        // statx has the same layout on every architecture; stat has not.
        var found = stackalloc byte[StatxBytes];
        return Statx(CurrentFolder, path, 0, WantInode, found) == 0 ? new FileIdentity(*(ulong*)(found + DeviceAt), *(ulong*)(found + InodeAt)) : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* found);
}
