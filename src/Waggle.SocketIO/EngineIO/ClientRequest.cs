using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.Extensions.Primitives;
using Waggle.Transport.WebSockets;

namespace Waggle.SocketIO.EngineIO;

/// <summary>The first request of a client, kept for as long as it is here: the request itself is over by then, or used again.</summary>
internal sealed class ClientRequest
{
    private static readonly Dictionary<object, object?> NoItems = [];

    // As on the wire: seldom asked for, and as strings several times as large.
    private readonly byte[] _headers;
    private ClaimsPrincipal? _user;

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

    /// <summary>Of somebody whom nobody has asked who it is.</summary>
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

    /// <summary>Whose session it becomes; null: nobody's in particular.</summary>
    public string? Owner { get; }

    public IReadOnlyDictionary<object, object?> Items { get; }

    public static string? OwnerOf(HttpContext context) =>
        UserOf(context) is { } user ? user.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? user.Identity?.Name : null;

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

    // Whom nobody has authenticated the context would make up.
    private static ClaimsPrincipal? UserOf(HttpContext context) => context.Features.Get<IHttpAuthenticationFeature>()?.User;

    private static byte[] Lines(IEnumerable<KeyValuePair<string, string>> headers)
    {
        var lines = new StringBuilder();
        foreach (var (name, value) in headers) lines.Append(name).Append(':').Append(value).Append('\n');
        return Encoding.UTF8.GetBytes(lines.ToString());
    }
}
