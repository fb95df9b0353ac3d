using System.Net;
using Waggle.Core.Access;
using Waggle.Protocol.Json;

namespace Waggle.Server.AccessControl;

/// <summary>The facts of a request that admission decides on, before the hub upgrades or answers it.</summary>
public readonly record struct AdmissionRequest(string? Host, string? Origin, IPAddress? Remote)
{
    /// <summary>The token from the header, or from the query if the endpoint permits that.</summary>
    public string? Token { get; init; }
}

/// <param name="Credential">The verified credential; null if the endpoint needs none, or the client sends its token in hello.</param>
public readonly record struct Admitted(bool Ok, int Status, string Code, string Message, Credential? Credential = null)
{
    public static Admitted Yes { get; } = new(true, 200, "", "");
}

/// <summary>
/// Decides whether a request may enter, for WebSocket and HTTP alike. A page on any web site can make a browser connect to loopback. It can forge neither the
/// Host header, which reveals DNS rebinding, nor the Origin header. Programs other than browsers send no Origin.
/// </summary>
/// <param name="allowedHosts">The names that the hub accepts besides its own. With tokens and an empty list the hub accepts all names, because a client without
/// a token gets nothing under any name.</param>
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

    /// <summary>Checks the address, the Host and the Origin of a request. Pure.</summary>
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

    /// <summary>Checks the request as <see cref="Ask"/> does, and its token.</summary>
    public ValueTask<Admitted> AskAsync(AdmissionRequest handshake, AdmissionRule rule, IAuthenticator authenticator, CancellationToken cancel) =>
        AskAsync(handshake, rule, authenticator, records: true, cancel);

    /// <summary>Checks the request as <see cref="AskAsync(AdmissionRequest, AdmissionRule, IAuthenticator, CancellationToken)"/> does, but records no refusal:
    /// a request that is refused here is asked about again.</summary>
    internal ValueTask<Admitted> TryAsync(AdmissionRequest handshake, AdmissionRule rule, IAuthenticator authenticator, CancellationToken cancel) =>
        AskAsync(handshake, rule, authenticator, records: false, cancel);

    private async ValueTask<Admitted> AskAsync(
        AdmissionRequest handshake, AdmissionRule rule, IAuthenticator authenticator, bool records, CancellationToken cancel)
    {
        var admitted = Ask(handshake);
        if (!admitted.Ok || rule.Open) return admitted;
        if (authenticator.Required && handshake.Token is null && rule.HelloBringsToken) return admitted;
        var address = handshake.Remote?.ToString() ?? "unknown";
        var credential = await (records
            ? authenticator.AuthenticateAsync(handshake.Token, address, cancel)
            : authenticator.VerifyAsync(handshake.Token, address, cancel));
        if (credential.Principal is not { } principal)
            return rule.TakesStrangers ? admitted with { Credential = credential } : new(false, 401, credential.Error!.Code, credential.Error.Message);
        return rule.Needs is not { } permission || principal.Allowed(permission)
            ? admitted with { Credential = credential }
            : No(Protocol.ErrorCodes.Forbidden, principal.Missing(permission)) with { Credential = credential };
    }

    // Every file, sandboxed frame and data: URL of a browser has the origin "null", so allowing it would allow them all.
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
