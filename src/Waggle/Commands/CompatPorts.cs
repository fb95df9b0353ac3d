using System.Globalization;
using Waggle.Dialects;

namespace Waggle.Commands;

/// <summary>Which further ports a hub opens, and what may be said of them.</summary>
internal static class CompatPorts
{
    public static bool IsOne(string text) => Read(text) is not null;

    /// <summary>Those named stand above the standard ones; a hub on any free port opens the named ones only.</summary>
    public static Dictionary<string, int> Of(int port, bool none, IEnumerable<string> named)
    {
        var ports = none || port == 0 ? new(StringComparer.Ordinal) : DialectTable.All.ToDictionary(d => d.Name, d => d.CompatPort, StringComparer.Ordinal);
        foreach (var text in named)
        {
            if (Read(text) is var (dialect, number)) ports[dialect] = number;
        }

        return ports;
    }

    private static (string Dialect, int Port)? Read(string text)
    {
        var parts = text.Split('=', 2);
        return parts.Length == 2 && DialectTable.Find(parts[0]) is { } entry && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65_535
            ? (entry.Name, port)
            : null;
    }
}
