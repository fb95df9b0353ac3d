using Microsoft.AspNetCore.Http;

namespace Waggle.Server.AccessControl;

/// <summary>Finds the token of a request (RFC 6750). The hub never logs it.</summary>
internal static class BearerToken
{
    /// <summary>The names of the token in the query.</summary>
    public static IReadOnlyList<string> QueryNames { get; } = ["token", "access_token"];

    private const string Scheme = "Bearer ";

    /// <summary>Returns the token of a request; null if there is none.</summary>
    /// <param name="many">Whether the request has more than one token; the hub then accepts none of them.</param>
    public static string? Of(HttpRequest request, bool inQuery, out bool many)
    {
        var found = new List<string>();
        foreach (var header in request.Headers.Authorization)
        {
            if (Of(header) is { } token) found.Add(token);
        }

        if (inQuery) found.AddRange(QueryNames.SelectMany(name => request.Query[name]).OfType<string>());
        many = found.Count > 1;
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Returns the token of an Authorization header; null if it has none.</summary>
    public static string? Of(string? header) => header?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true ? header[Scheme.Length..].Trim() : null;
}
