using Waggle.Exec;

namespace Waggle.Demo.Processes;

/// <summary>A process that stands still until this is disposed. On Windows, which has no such signal, it goes on.</summary>
internal sealed class Freeze : IDisposable
{
    private readonly int _pid;

    public Freeze(int pid)
    {
        _pid = pid;
        if (!OperatingSystem.IsWindows()) _ = Libc.kill(pid, Stop);
    }

    // Their numbers differ between systems.
    private static int Stop => OperatingSystem.IsLinux() ? 19 : 17;

    private static int Continue => OperatingSystem.IsLinux() ? 18 : 19;

    public void Dispose()
    {
        // When it is dead by now there is nobody to hear it.
        if (!OperatingSystem.IsWindows()) _ = Libc.kill(_pid, Continue);
    }
}
