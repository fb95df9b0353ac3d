using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.Extensions.Primitives;
using Waggle.Transport.WebSockets;

namespace Waggle.SocketIO.EngineIO;

/// <summary>
/// A copy of the first request of a client, kept with its session. The request itself has then ended, and ASP.NET Core may reuse its objects.
/// </summary>
internal sealed class ClientRequest
{
    private static readonly Dictionary<object, object?> NoItems = [];

    // In the form of the wire, because headers are rarely read, and strings would be several times as large.
    private readonly byte[] _headers;
    private ClaimsPrincipal? _user;

    /// <summary>Copies a request that has passed HTTP.</summary>
    public ClientRequest(HttpContext context)
    {
        Address = context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        Secure = context.Request.IsHttps;
        Url = context.Request.GetEncodedPathAndQuery();
        Items = context.Items.Count == 0 ? NoItems : new Dictionary<object, object?>(context.Items);
        _user = UserOf(context);
        Owner = OwnerOf(context);
        _headers = Lines(context.Request.Headers.SelectMany(h => h.Value, (h, value) => KeyValuePair.Create(h.Key, value ?? "")));
    }

    /// <summary>Copies a request of the fast path, which is not authenticated.</summary>
    public ClientRequest(UpgradeRequest request, string address, bool secure, IReadOnlyDictionary<object, object?>? items)
    {
        Address = address;
        Secure = secure;
        Url = request.Path + request.Query;
        Items = items ?? NoItems;
        _headers = Lines(request.Headers);
    }

    public string Address { get; }

    public bool Secure { get; }

    public string Url { get; }

    public ClaimsPrincipal User => _user ?? Interlocked.CompareExchange(ref _user, new ClaimsPrincipal(new ClaimsIdentity()), null) ?? _user;

    /// <summary>Gets the name of the authenticated user to whom the session belongs; null if there is none.</summary>
    public string? Owner { get; }

    public IReadOnlyDictionary<object, object?> Items { get; }

    /// <summary>Returns the name of the authenticated user of a request; null if there is none.</summary>
    public static string? OwnerOf(HttpContext context) =>
        UserOf(context) is { } user ? user.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? user.Identity?.Name : null;

    /// <summary>Returns the values of a header; empty if there is none.</summary>
    public StringValues Header(string name)
    {
        var values = StringValues.Empty;
        foreach (var line in Encoding.UTF8.GetString(_headers).AsSpan().EnumerateLines())
        {
            var colon = line.IndexOf(':');
            if (colon > 0 && line[..colon].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                values = StringValues.Concat(values, line[(colon + 1)..].ToString());
            }
        }

        return values;
    }

    // The context itself would create an empty user for a request that was not authenticated.
    private static ClaimsPrincipal? UserOf(HttpContext context) => context.Features.Get<IHttpAuthenticationFeature>()?.User;

    private static byte[] Lines(IEnumerable<KeyValuePair<string, string>> headers)
    {
        var lines = new StringBuilder();
        foreach (var (name, value) in headers) lines.Append(name).Append(':').Append(value).Append('\n');
        return Encoding.UTF8.GetBytes(lines.ToString());
    }
}
