using Microsoft.AspNetCore.Http;

namespace Waggle.Server.AccessControl;

/// <summary>Where a request carries its token (RFC 6750). It is never logged.</summary>
internal static class BearerToken
{
    /// <summary>Names in the query.</summary>
    public static IReadOnlyList<string> QueryNames { get; } = ["token", "access_token"];

    private const string Scheme = "Bearer ";

    /// <summary>Null where there is none.</summary>
    /// <param name="many">There is more than one: which of them counts is nobody's to guess.</param>
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

    /// <summary>That of an Authorization header; null if it carries none.</summary>
    public static string? Of(string? header) => header?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true ? header[Scheme.Length..].Trim() : null;
}
