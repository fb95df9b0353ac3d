using Microsoft.AspNetCore.Http;
using Waggle.Protocol;

namespace Waggle.Server.Http;

/// <summary>Maps a code to its HTTP status (spec/errors.md; a test compares the two), and lists the codes that exist over HTTP only.</summary>
internal static class ErrorStatus
{
    public const string MethodNotAllowed = "METHOD_NOT_ALLOWED";
    public const string RequestTimeout = "REQUEST_TIMEOUT";
    public const string TooManyConnections = "TOO_MANY_CONNECTIONS";
    public const string HubFull = "HUB_FULL";
    public const string Draining = "DRAINING";

    public static IReadOnlyDictionary<string, int> ByCode { get; } = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        [ErrorCodes.MalformedMessage] = StatusCodes.Status400BadRequest,
        [ErrorCodes.UnknownType] = StatusCodes.Status400BadRequest,
        [ErrorCodes.InvalidRequest] = StatusCodes.Status400BadRequest,
        [ErrorCodes.HelloRequired] = StatusCodes.Status400BadRequest,
        [ErrorCodes.UnsupportedProtocol] = StatusCodes.Status400BadRequest,
        [ErrorCodes.NotFound] = StatusCodes.Status404NotFound,
        [ErrorCodes.AlreadyExists] = StatusCodes.Status409Conflict,
        [ErrorCodes.InvalidState] = StatusCodes.Status409Conflict,
        [ErrorCodes.SwarmStopped] = StatusCodes.Status409Conflict,
        [ErrorCodes.StaleLease] = StatusCodes.Status409Conflict,
        [ErrorCodes.AgentInUse] = StatusCodes.Status409Conflict,
        [ErrorCodes.NotAnAgent] = StatusCodes.Status403Forbidden,
        [ErrorCodes.AgentNotAble] = StatusCodes.Status409Conflict,
        [ErrorCodes.NotLinked] = StatusCodes.Status403Forbidden,
        [ErrorCodes.AgentRemoved] = StatusCodes.Status410Gone,
        [ErrorCodes.Unauthenticated] = StatusCodes.Status401Unauthorized,
        [ErrorCodes.Forbidden] = StatusCodes.Status403Forbidden,
        [ErrorCodes.StoreUnavailable] = StatusCodes.Status503ServiceUnavailable,
        [ErrorCodes.StoreFull] = StatusCodes.Status507InsufficientStorage,
        [ErrorCodes.TooLarge] = StatusCodes.Status413PayloadTooLarge,
        [ErrorCodes.BlobMissing] = StatusCodes.Status410Gone,
        [ErrorCodes.IdempotencyConflict] = StatusCodes.Status409Conflict,
        [ErrorCodes.VersionConflict] = StatusCodes.Status409Conflict,
        [ErrorCodes.EmbedderFailed] = StatusCodes.Status503ServiceUnavailable,
        [ErrorCodes.QuotaExceeded] = StatusCodes.Status507InsufficientStorage,
        [ErrorCodes.RunActive] = StatusCodes.Status409Conflict,
        [ErrorCodes.VoteClosed] = StatusCodes.Status409Conflict,
        [ErrorCodes.QuestionClosed] = StatusCodes.Status409Conflict,
        [ErrorCodes.NotAnElector] = StatusCodes.Status403Forbidden,
        [ErrorCodes.AlreadyVoted] = StatusCodes.Status409Conflict,
        [ErrorCodes.RateLimited] = StatusCodes.Status429TooManyRequests,
        [ErrorCodes.NotAvailable] = StatusCodes.Status501NotImplemented,
        [ErrorCodes.Internal] = StatusCodes.Status500InternalServerError,
        [MethodNotAllowed] = StatusCodes.Status405MethodNotAllowed,
        [RequestTimeout] = StatusCodes.Status408RequestTimeout,
        [TooManyConnections] = StatusCodes.Status429TooManyRequests,
        [HubFull] = StatusCodes.Status503ServiceUnavailable,
        [Draining] = StatusCodes.Status503ServiceUnavailable,
    };

    public static int Of(string code) => ByCode.GetValueOrDefault(code, StatusCodes.Status500InternalServerError);
}
