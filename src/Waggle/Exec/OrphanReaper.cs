using System.Globalization;
using System.Runtime.InteropServices;

namespace Waggle.Exec;

/// <summary>
/// Collects the processes that commands left behind. As process 1 of a container, this process becomes the parent of every orphan. No other process collects
/// them when they end, and the process table would fill up. The commands themselves are collected by the code that started them.
/// </summary>
internal sealed class OrphanReaper : IDisposable
{
    private readonly PosixSignalRegistration? _signal;

    private OrphanReaper(PosixSignalRegistration? signal) => _signal = signal;

    /// <summary>Starts the reaper. Does nothing unless this is process 1 on Linux.</summary>
    public static OrphanReaper Start()
    {
        if (!OperatingSystem.IsLinux() || Environment.ProcessId != 1) return new(null);
        var reaper = new OrphanReaper(PosixSignalRegistration.Create(PosixSignal.SIGCHLD, static _ => Reap()));
        Reap();
        return reaper;
    }

    public void Dispose() => _signal?.Dispose();

    private static void Reap() => OwnChildren.CollectOthers(Ended);

    private static IEnumerable<int> Ended()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && IsEndedOrphan(folder)) yield return id;
        }
    }

    // The format is "pid (name) state parent …". The name may contain anything, so the last parenthesis ends it.
    private static bool IsEndedOrphan(string folder)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return stat.AsSpan(stat.LastIndexOf(')') + 1).StartsWith(" Z 1 ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // The process has ended by now.
            return false;
        }
    }
}
