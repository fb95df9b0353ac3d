using System.Globalization;
using System.Runtime.InteropServices;

namespace Waggle.Exec;

/// <summary>
/// As process 1 of a container this process becomes the parent of all that lost theirs: of what commands left behind. Nobody else collects them when they end,
/// and the process table would fill up. The commands themselves stay with whoever started them.
/// </summary>
internal sealed class OrphanReaper : IDisposable
{
    private readonly PosixSignalRegistration? _signal;

    private OrphanReaper(PosixSignalRegistration? signal) => _signal = signal;

    /// <summary>Does nothing unless this is process 1 on Linux.</summary>
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

    // pid (name) state parent …, and a name may hold anything but its end is the last parenthesis.
    private static bool IsEndedOrphan(string folder)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return stat.AsSpan(stat.LastIndexOf(')') + 1).StartsWith(" Z 1 ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It is gone by now.
            return false;
        }
    }
}
