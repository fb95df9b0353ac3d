using System.Globalization;

namespace Waggle.Server.Hosting;

/// <summary>Reads the limit of open files and sockets of this process.</summary>
internal static class FileDescriptors
{
    private const string Limits = "/proc/self/limits";
    private const string Line = "Max open files";

    /// <summary>Returns the limit; null if the system reports none or has none.</summary>
    public static int? Limit()
    {
        if (!File.Exists(Limits)) return null;
        var line = File.ReadLines(Limits).FirstOrDefault(l => l.StartsWith(Line, StringComparison.Ordinal));
        var soft = line?[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
    }
}
