using System.Net;

namespace Waggle.Server.Door;

/// <summary>What is known of somebody at the door before anything is upgraded or answered.</summary>
public readonly record struct Handshake(string? Host, string? Origin, IPAddress? Remote);

public readonly record struct Admitted(bool Ok, int Status, string Code, string Message)
{
    public static Admitted Yes { get; } = new(true, 200, "", "");
}

/// <summary>
/// Who may come in. Pure, and asked by every road: WebSocket and HTTP alike. A page on any web site can make a browser connect to loopback;
/// it can forge neither the Host header (DNS rebinding shows there) nor the Origin header. Programs that are no browser send no Origin.
/// </summary>
public sealed class Admission(string boundHost, IReadOnlyList<string> allowedOrigins)
{
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase) { "localhost", "127.0.0.1", "[::1]", HostName(boundHost) };
    private readonly HashSet<string> _origins = new(allowedOrigins.Select(o => o.TrimEnd('/')), StringComparer.OrdinalIgnoreCase);

    public Admitted Ask(in Handshake handshake)
    {
        if (handshake.Remote is { } remote && !IPAddress.IsLoopback(remote))
            return No("FORBIDDEN_ADDRESS", "This hub takes connections from this machine only.");
        if (string.IsNullOrEmpty(handshake.Host) || !_hosts.Contains(WithoutPort(handshake.Host)))
            return No("FORBIDDEN_HOST", $"The Host header '{Clip(handshake.Host)}' is not one of this hub's names (localhost, 127.0.0.1, [::1]).");
        if (handshake.Origin is { } origin && !IsOwn(origin, handshake.Host) && !_origins.Contains(origin.TrimEnd('/')))
            return No("FORBIDDEN_ORIGIN", $"Pages of '{Clip(origin)}' may not talk to this hub; start it with --allow-origin {Clip(origin)} if they should.");
        return Admitted.Yes;
    }

    private static bool IsOwn(string origin, string host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, host, StringComparison.OrdinalIgnoreCase);

    private static string WithoutPort(string host)
    {
        var colon = host.LastIndexOf(':');
        return colon > host.LastIndexOf(']') ? host[..colon] : host;
    }

    private static string HostName(string bound) => bound.Contains(':', StringComparison.Ordinal) && bound[0] != '[' ? $"[{bound}]" : bound;

    private static Admitted No(string code, string message) => new(false, 403, code, message);

    private static string Clip(string? text) => text is null ? "" : text.Length <= 100 ? text : text[..100] + "…";
}
