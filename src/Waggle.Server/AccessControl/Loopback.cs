using System.Net;

namespace Waggle.Server.AccessControl;

/// <summary>Checks the address that a hub listens on: without authentication it must be loopback.</summary>
public static class Loopback
{
    /// <summary>Returns the error for an address that is not permitted; null permits it.</summary>
    public static string? Problem(WaggleServerOptions options)
    {
        if (options.Auth.Tokens && !IsAddress(options.Host))
        {
            return $"'{options.Host}' is not an address of this machine: use 127.0.0.1, ::1, localhost, the address of a network card, or 0.0.0.0 or :: for "
                + $"all of them.";
        }

        if (options.Auth.Problem() is { } problem) return problem;
        if (options.Auth.Tokens || Is(options.Host)) return null;
        return $"Without authentication Waggle listens on loopback only: '{options.Host}' would let every machine on the network run its workers' commands. "
            + $"Use 127.0.0.1, ::1 or localhost, or require tokens (--auth token, docs/auth.md).";
    }

    public static bool Is(string host) => IsName(host) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    public static bool IsAddress(string host) => IsName(host) || IPAddress.TryParse(host.Trim('[', ']'), out _);

    /// <summary>Whether it is the name localhost, which stands for 127.0.0.1 and ::1.</summary>
    public static bool IsName(string host) => string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase);
}
