using System.Runtime.InteropServices;

namespace Waggle.Survey.Processes;

/// <summary>Stops a process until this object is disposed. Windows has no such signal, so there the process continues.</summary>
internal sealed partial class Freeze : IDisposable
{
    private readonly int _pid;

    public Freeze(int pid)
    {
        _pid = pid;
        if (!OperatingSystem.IsWindows()) _ = kill(pid, Stop);
    }

    // The numbers differ between systems.
    private static int Stop => OperatingSystem.IsLinux() ? 19 : 17;

    private static int Continue => OperatingSystem.IsLinux() ? 18 : 19;

    public void Dispose()
    {
        // The process may be dead by now, so the result is ignored.
        if (!OperatingSystem.IsWindows()) _ = kill(_pid, Continue);
    }

    // The runtime has no signal that stops a process.
    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
