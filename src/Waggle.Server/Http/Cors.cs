using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Waggle.Server.Http;

/// <summary>Answers a browser's check before a page of another origin may access the hub. Admission has decided about the origin before this runs.</summary>
internal static class Cors
{
    private const string Exposed = $"{ApiHeaders.Position}, ETag, Location, Retry-After, Allow, Content-Range";
    private const string Taken =
        $"Authorization, Content-Type, {ApiHeaders.IdempotencyKey}, If-None-Match, If-Range, Last-Event-ID, Range, traceparent, tracestate, "
        + $"{ApiHeaders.Agent}, {ApiHeaders.Secret}, {ApiHeaders.Attempt}, {ApiHeaders.Token}";

    /// <summary>Permits the page to read the answer.</summary>
    public static void Allow(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        if (context.Request.Headers.Origin is not [{ Length: > 0 } origin]) return;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlExposeHeaders = Exposed;
    }

    public static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers.Origin.Count == 1 && request.Headers.AccessControlRequestMethod.Count == 1;

    public static void AnswerPreflight(HttpResponse response, IEnumerable<string> methods)
    {
        response.StatusCode = StatusCodes.Status204NoContent;
        response.Headers.AccessControlAllowMethods = string.Join(", ", methods);
        response.Headers.AccessControlAllowHeaders = Taken;
        response.Headers.AccessControlMaxAge = "600";
    }
}
