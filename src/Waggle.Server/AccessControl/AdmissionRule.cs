using Microsoft.AspNetCore.Http;

namespace Waggle.Server.AccessControl;

/// <summary>The conditions under which an endpoint admits a request. The default requires a token if the hub has tokens.</summary>
public sealed record AdmissionRule
{
    public static AdmissionRule Standard { get; } = new();

    /// <summary>Whether the endpoint needs no token.</summary>
    public bool Open { get; init; }

    /// <summary>Whether the query may carry the token, because a browser's WebSocket and EventSource cannot send headers.</summary>
    public bool TokenInQuery { get; init; }

    /// <summary>Whether a client without a token may send it in its hello.</summary>
    public bool HelloBringsToken { get; init; }

    /// <summary>Whether the endpoint admits a client without a valid token and reports that in the client's dialect.</summary>
    public bool TakesStrangers { get; init; }

    /// <summary>Writes a refusal; null writes problem+json.</summary>
    public Func<HttpContext, Admitted, Task>? Refuse { get; init; }

    /// <summary>Whether the endpoint answers a browser's preflight request, which carries no token.</summary>
    public bool AnswersPreflights { get; init; }

    /// <summary>The permission that the endpoint needs, one of <see cref="Core.Access.Permissions"/>.</summary>
    public string? Needs { get; init; }
}
