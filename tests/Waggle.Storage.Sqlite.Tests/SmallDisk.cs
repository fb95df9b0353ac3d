using System.ComponentModel;
using System.Diagnostics;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests;

/// <summary>A file system of its own in memory, where the machine lets us mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TempFolder _folder = new();

    public string Path => _folder.Path;

    public static SmallDisk Mount(int megabytes)
    {
        var disk = new SmallDisk();
        var mounted = OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "none", disk.Path);
        if (!mounted)
            disk._folder.Dispose();
        Require.That(mounted, "this user may not mount a tmpfs");
        return disk;
    }

    public void MakeReadOnly() => Assert.True(Run("mount", "-o", "remount,ro", Path));

    public void Dispose()
    {
        Run("umount", Path);
        _folder.Dispose();
    }

    private static bool Run(string tool, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            // There is no such tool here.
            return false;
        }
    }
}
