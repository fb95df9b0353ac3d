using System.Net;
using Waggle.Core.Access;
using Waggle.Protocol.Json;

namespace Waggle.Server.AccessControl;

/// <summary>The facts of a request that admission decides on, before anything is upgraded or answered.</summary>
public readonly record struct AdmissionRequest(string? Host, string? Origin, IPAddress? Remote)
{
    /// <summary>From the header, or from the query where that is taken.</summary>
    public string? Token { get; init; }
}

/// <param name="Credential">Who came in; null for whoever was not asked, or has still to say so in its hello.</param>
public readonly record struct Admitted(bool Ok, int Status, string Code, string Message, Credential? Credential = null)
{
    public static Admitted Yes { get; } = new(true, 200, "", "");
}

/// <summary>
/// Who may come in. Asked by every road: WebSocket and HTTP alike. A page on any web site can make a browser connect to loopback;
/// it can forge neither the Host header (DNS rebinding shows there) nor the Origin header. Programs that are no browser send no Origin.
/// </summary>
/// <param name="allowedHosts">Names beside the hub's own. With tokens and without any, all names are taken: whoever has no token gets nothing under any of
/// them.</param>
public sealed class Admission(string boundHost, IReadOnlyList<string> allowedOrigins, IReadOnlyList<string> allowedHosts, bool tokens)
{
    private readonly HashSet<string> _hosts = new(allowedHosts, StringComparer.OrdinalIgnoreCase) { "localhost", "127.0.0.1", "[::1]", HostName(boundHost) };
    private readonly HashSet<string> _origins = new(allowedOrigins.Select(o => o.TrimEnd('/')), StringComparer.OrdinalIgnoreCase);
    private readonly bool _anyHost = tokens && allowedHosts.Count == 0;

    public static Admission For(WaggleServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(options.Host, options.AllowedOrigins, options.AllowedHosts, options.Auth.Tokens);
    }

    /// <summary>Where somebody comes from, and under which name. Pure.</summary>
    public Admitted Ask(in AdmissionRequest handshake)
    {
        if (!tokens && handshake.Remote is { } remote && !IPAddress.IsLoopback(remote))
            return No("FORBIDDEN_ADDRESS", "This hub accepts connections from this machine only.");
        if (string.IsNullOrEmpty(handshake.Host) || !(_anyHost || _hosts.Contains(WithoutPort(handshake.Host))))
            return No("FORBIDDEN_HOST", $"The Host header '{Clip(handshake.Host)}' is not one of this hub's names ({string.Join(", ", _hosts)}).");
        if (handshake.Origin is { } origin && !IsOwn(origin, handshake.Host) && !_origins.Contains(origin.TrimEnd('/')))
            return No("FORBIDDEN_ORIGIN", $"Pages of '{Clip(origin)}' may not connect to this hub. {Advice(origin)}");
        return Admitted.Yes;
    }

    /// <summary>The same, and who it is.</summary>
    public async ValueTask<Admitted> AskAsync(AdmissionRequest handshake, AdmissionRule rule, IAuthenticator authenticator, CancellationToken cancel)
    {
        var admitted = Ask(handshake);
        if (!admitted.Ok || rule.Open) return admitted;
        if (authenticator.Required && handshake.Token is null && rule.HelloBringsToken) return admitted;
        var credential = await authenticator.AuthenticateAsync(handshake.Token, handshake.Remote?.ToString() ?? "unknown", cancel);
        if (credential.Principal is not { } principal)
            return rule.TakesStrangers ? admitted with { Credential = credential } : new(false, 401, credential.Error!.Code, credential.Error.Message);
        return rule.Needs is not { } permission || principal.Allowed(permission)
            ? admitted with { Credential = credential }
            : No(Protocol.ErrorCodes.Forbidden, principal.Missing(permission));
    }

    // Every file, sandboxed frame and data: URL of a browser has the origin "null": allowing it would allow them all.
    private static string Advice(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && origin == uri.GetLeftPart(UriPartial.Authority)
        ? $"To allow it, start the hub with --allow-origin {Clip(origin)}."
        : "Serve the page from an http or https address, and allow that address with --allow-origin.";

    private static bool IsOwn(string origin, string host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, host, StringComparison.OrdinalIgnoreCase);

    private static string WithoutPort(string host)
    {
        var colon = host.LastIndexOf(':');
        return colon > host.LastIndexOf(']') ? host[..colon] : host;
    }

    private static string HostName(string bound) => bound.Contains(':', StringComparison.Ordinal) && bound[0] != '[' ? $"[{bound}]" : bound;

    private static Admitted No(string code, string message) => new(false, 403, code, message);

    private static string Clip(string? text) => PlainText.Clip(text, 100);
}
