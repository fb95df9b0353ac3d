using System.Globalization;
using Waggle.Dialects;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary>Selects the further ports that a hub opens, and checks the values of the option.</summary>
internal static class CompatPorts
{
    public static bool IsOne(string text) => Read(text) is not null;

    /// <summary>The hub's own standard port. A hub on it opens the further ports; a hub on another port opens them only on request.</summary>
    public const int StandardPort = 3000;

    /// <summary>Returns the port of each dialect. Named ports override the standard ones.</summary>
    /// <exception cref="CliException">The arguments request all ports and none.</exception>
    public static Dictionary<string, int> Of(int port, bool all, bool none, IEnumerable<string> named)
    {
        if (all && none)
        {
            throw new CliException(
                "--compat-ports and --no-compat-ports exclude each other (also as settings of a file or of the environment).", ExitCodes.Usage);
        }

        var ports = none || !(all || port == StandardPort)
            ? new(StringComparer.Ordinal)
            : DialectTable.All.ToDictionary(d => d.Name, d => d.CompatPort, StringComparer.Ordinal);
        foreach (var text in named)
        {
            if (Read(text) is var (dialect, number)) ports[dialect] = number;
        }

        return ports;
    }

    private static (string Dialect, int Port)? Read(string text)
    {
        var parts = text.Split('=', 2);
        return parts.Length == 2 && DialectTable.Find(parts[0]) is { } entry
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65_535
            ? (entry.Name, port)
            : null;
    }
}
