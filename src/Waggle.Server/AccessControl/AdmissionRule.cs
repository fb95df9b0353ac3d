using Microsoft.AspNetCore.Http;

namespace Waggle.Server.AccessControl;

/// <summary>What an endpoint asks of those who come. Without one: a token, where there are tokens.</summary>
public sealed record AdmissionRule
{
    public static AdmissionRule Standard { get; } = new();

    /// <summary>Nobody is asked who they are.</summary>
    public bool Open { get; init; }

    /// <summary>A browser's WebSocket and EventSource cannot send headers: the token may stand in the query.</summary>
    public bool TokenInQuery { get; init; }

    /// <summary>Who brings no token may say so in its hello.</summary>
    public bool HelloBringsToken { get; init; }

    /// <summary>Whoever has no valid token comes in as nobody, and is told so in the words of what it asked for.</summary>
    public bool TakesStrangers { get; init; }

    /// <summary>How a refusal is said; null: as problem+json.</summary>
    public Func<HttpContext, Admitted, Task>? Refuse { get; init; }

    /// <summary>Browsers ask without a token whether a page may speak to the hub at all.</summary>
    public bool AnswersPreflights { get; init; }

    /// <summary>The permission that the endpoint needs, one of <see cref="Core.Access.Permissions"/>.</summary>
    public string? Needs { get; init; }
}
