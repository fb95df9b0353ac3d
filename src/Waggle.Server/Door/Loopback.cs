using System.Net;

namespace Waggle.Server.Door;

/// <summary>Where a hub without authentication may listen.</summary>
public static class Loopback
{
    /// <summary>Null if it may; else the sentence that says why not.</summary>
    public static string? Problem(string host)
    {
        if (string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)) return null;
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)) return null;
        return $"Waggle listens on loopback only: '{host}' would let anybody on the network run its workers' commands, and this version has no authentication yet. Use 127.0.0.1, ::1 or localhost.";
    }
}
