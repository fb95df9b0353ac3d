using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Waggle.Protocol.Json;
using Waggle.SocketIO.EngineIO;

namespace Waggle.SocketIO;

/// <summary>The first request of a client, and the data with which it joined the namespace. Immutable.</summary>
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

    /// <summary>Gets the <c>auth</c> object of the client; an empty object if the client sent none.</summary>
    public RawJson Auth { get; }

    /// <summary>Gets the time at which the client asked to join the namespace, in UTC.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>Gets the IP address of the client, which respects forwarded headers if the application uses them; <c>unknown</c> if there is none.</summary>
    public string Address => Request.Address;

    /// <summary>Gets the values that the application stored in <see cref="HttpContext.Items"/> of the first request before the session began.</summary>
    public IReadOnlyDictionary<object, object?> Items => Request.Items;

    /// <summary>Whether the client connected over TLS.</summary>
    public bool Secure => Request.Secure;

    /// <summary>
    /// Whether the first request has an <c>Origin</c> header, as the requests of a page of another origin have. The Node server names it <c>xdomain</c>.
    /// </summary>
    public bool CrossDomain => !string.IsNullOrEmpty(Header("Origin"));

    /// <summary>Gets the path and query of the first request.</summary>
    public string Url => Request.Url;

    private ClientRequest Request { get; }

    /// <summary>Returns a header of the first request; empty if the request had no such header.</summary>
    public StringValues Header(string name) => Request.Header(name);

    /// <summary>Returns a query parameter of the first request; empty if the request had no such parameter.</summary>
    public StringValues Query(string name) =>
        Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(Url[Math.Max(0, Url.IndexOf('?', StringComparison.Ordinal))..])
        .TryGetValue(name, out var value) ? value : StringValues.Empty;

    /// <summary>Deserializes the <c>auth</c> object of the client.</summary>
    /// <exception cref="System.Text.Json.JsonException">The object does not have the form of <typeparamref name="T"/>.</exception>
    public T? AuthAs<T>() => System.Text.Json.JsonSerializer.Deserialize<T>(Auth.Utf8.Span, _json);
}
