using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Waggle.Protocol.Json;
using Waggle.SocketIO.EngineIO;

namespace Waggle.SocketIO;

/// <summary>How a client came: its first request, and what it brought for the namespace.</summary>
public sealed class Handshake
{
    internal Handshake(ClientRequest request, RawJson auth, DateTimeOffset time, System.Text.Json.JsonSerializerOptions json)
    {
        Request = request;
        Auth = auth;
        Time = time;
        _json = json;
    }

    private readonly System.Text.Json.JsonSerializerOptions _json;

    /// <summary>What the client gave as <c>auth</c>; an empty object if nothing.</summary>
    public RawJson Auth { get; }

    /// <summary>When it came.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>Where it is, after what forwarded headers said.</summary>
    public string Address => Request.Address;

    /// <summary>What the application left in <see cref="HttpContext.Items"/> of the first request, before its session began.</summary>
    public IReadOnlyDictionary<object, object?> Items => Request.Items;

    /// <summary>Whether it came over TLS.</summary>
    public bool Secure => Request.Secure;

    /// <summary>Whether a page of another origin opened it.</summary>
    public bool CrossDomain => !string.IsNullOrEmpty(Header("Origin"));

    /// <summary>Path and query of the first request.</summary>
    public string Url => Request.Url;

    private ClientRequest Request { get; }

    /// <summary>A header of the first request; empty if it was not there.</summary>
    public StringValues Header(string name) => Request.Header(name);

    /// <summary>A value of the first request's query; empty if it was not there.</summary>
    public StringValues Query(string name) =>
        Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(Url[Math.Max(0, Url.IndexOf('?', StringComparison.Ordinal))..])
        .TryGetValue(name, out var value) ? value : StringValues.Empty;

    /// <summary>The <c>auth</c> of the client as a type of one's own.</summary>
    public T? AuthAs<T>() => System.Text.Json.JsonSerializer.Deserialize<T>(Auth.Utf8.Span, _json);
}
