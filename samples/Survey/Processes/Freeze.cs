using System.Runtime.InteropServices;

namespace Waggle.Survey.Processes;

/// <summary>A process that stands still until this is disposed. On Windows, which has no such signal, it goes on.</summary>
internal sealed partial class Freeze : IDisposable
{
    private readonly int _pid;

    public Freeze(int pid)
    {
        _pid = pid;
        if (!OperatingSystem.IsWindows()) _ = kill(pid, Stop);
    }

    // Their numbers differ between systems.
    private static int Stop => OperatingSystem.IsLinux() ? 19 : 17;

    private static int Continue => OperatingSystem.IsLinux() ? 18 : 19;

    public void Dispose()
    {
        // When it is dead by now there is nobody to hear it.
        if (!OperatingSystem.IsWindows()) _ = kill(_pid, Continue);
    }

    // The runtime has no signal that stops a process.
    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
