using System.Globalization;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>
/// The lock that permits one hub for each folder. It is the operating system's lock (flock, or a share mode on Windows) on the open file, so it ends with the
/// process, kill -9 included. <c>waggle.pid</c> names the holder, because not every system lets another process read a locked file.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    public const string FileName = "waggle.lock";

    private readonly FileStream _held;
    private readonly string _pidFile;

    private FolderLock(FileStream held, string pidFile) => (_held, _pidFile) = (held, pidFile);

    public static FolderLock Take(string folder, TimeProvider time)
    {
        var file = Path.Combine(folder, FileName);
        var pidFile = Path.Combine(folder, "waggle.pid");
        FileStream held;
        try
        {
            held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException e) when (IsHeld(e))
        {
            throw new StoreLockedException(
                $"The folder {folder} is in use by {Holder(pidFile)}. Stop that hub first, or give this one another folder.", e);
        }

        try
        {
            File.WriteAllText(pidFile, string.Create(
                CultureInfo.InvariantCulture, $"{Environment.ProcessId}\nsince {time.GetUtcNow().UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}\n"));
        }
        catch (IOException)
        {
            // A full disk must not keep the hub from starting. The lock is held; only the name of its holder is missing.
        }

        return new FolderLock(held, pidFile);
    }

    /// <summary>Returns the holder of the folder; null if there is none. The call takes the lock for a moment to find out.</summary>
    public static string? HolderOf(string folder)
    {
        try
        {
            using var held = new FileStream(Path.Combine(folder, FileName), FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            return null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (IOException e) when (IsHeld(e))
        {
            return Holder(Path.Combine(folder, "waggle.pid"));
        }
    }

    /// <summary>Whether another process or handle has the file: a sharing violation on Windows, elsewhere EAGAIN, which .NET passes on unchanged.</summary>
    public static bool IsHeld(IOException e) =>
        e.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD() ? 35 : 11);

    public void Dispose()
    {
        try
        {
            File.Delete(_pidFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The name serves people only, so a failure to read it is harmless.
        }

        _held.Dispose();
    }

    private static string Holder(string pidFile)
    {
        try
        {
            var lines = File.ReadAllLines(pidFile);
            return lines.Length >= 2 ? $"process {lines[0]} ({lines[1]})" : "another process";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }
}
