using Waggle.Dialects;

namespace Waggle.Server.Hosting;

/// <summary>
/// Finds what a path means on one endpoint of Kestrel, with the result of HTTP's middleware (CompatPaths, BasePath). Thread-safe.
/// </summary>
/// <param name="port">The compatibility port; null if the endpoint is the hub's alone.</param>
/// <param name="takesBare">Whether the prefix may be absent, because a proxy may have removed it.</param>
internal sealed class EndpointPaths(CompatPort? port, bool takesBare)
{
    private readonly IReadOnlyList<DialectEntry> _own = port?.Entries ?? [];

    /// <summary>Returns whether the path can be one of the hub or of a dialect.</summary>
    /// <param name="found">The prefix that the path has; empty if it has none.</param>
    /// <param name="own">The dialects whose own paths are valid behind the prefix.</param>
    public bool TryFind(string path, string prefix, out string found, out IReadOnlyList<DialectEntry> own)
    {
        (found, own) = ("", _own);
        if (prefix.Length == 0) return true;

        // All paths of a dialect's own port are the dialect's.
        if (port is { IsHubs: false }) return true;
        if (!IsBelow(path, prefix)) return takesBare;
        (found, own) = (prefix, []);
        return true;
    }

    private static bool IsBelow(string path, string prefix) =>
        path.Length > prefix.Length && path[prefix.Length] == '/' && path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
}
