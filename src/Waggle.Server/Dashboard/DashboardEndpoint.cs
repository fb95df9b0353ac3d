using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Waggle.Protocol;
using Waggle.Server.AccessControl;

namespace Waggle.Server.Dashboard;

/// <summary>
/// Serves the dashboard, a page that speaks waggle.v1 and REST as every other client does. Its files are public; what it shows, the hub decides by the token
/// that a person enters. All addresses in it are relative, so that it works behind any prefix (ADR 34).
/// </summary>
internal static class DashboardEndpoint
{
    public const string Path = "/ui";

    /// <summary>Permits what the page's own files need, and nothing inline or from elsewhere.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'";

    // An application that gives the hub the root may have a page of its own there.
    private const int Last = 1;

    public static void MapDashboard(this IEndpointRouteBuilder app) =>
        app.MapGet(Path + "/{**file}", ServeAsync).WithMetadata(new AdmissionRule { Open = true }).WithOrder(Last);

    /// <summary>Whether a request comes from the address bar of a browser. Clients of any protocol, WebSockets included, ask for no HTML.</summary>
    public static bool IsForPage(HttpRequest request) =>
        !request.Headers.ContainsKey(HeaderNames.SecWebSocketKey)
        && request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase) && a.Quality is not 0);

    /// <summary>Sends a browser from the root of the hub to the dashboard, with a relative address.</summary>
    public static Task Redirect(HttpContext context)
    {
        context.Response.Headers.Vary = HeaderNames.Accept;
        context.Response.Redirect($"{Path[1..]}/");
        return Task.CompletedTask;
    }

    private static Task ServeAsync(HttpContext context)
    {
        if (context.Request.Path.Value is { } path && path.EndsWith(Path, StringComparison.OrdinalIgnoreCase)) return Redirect(context);
        var name = context.GetRouteValue("file") as string;
        return DashboardFiles.Find(string.IsNullOrEmpty(name) ? DashboardFiles.Index : name) is { } file
            ? SendAsync(context, file)
            : Problems.WriteAsync(context, StatusCodes.Status404NotFound, ErrorCodes.NotFound, "The dashboard has no such file.");
    }

    private static async Task SendAsync(HttpContext context, DashboardFile file)
    {
        var response = context.Response;
        var headers = response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = file.IsImmutable ? "public, max-age=31536000, immutable" : "no-cache";
        headers.ETag = file.Tag;
        headers.Vary = HeaderNames.AcceptEncoding;
        if (IsKnown(context.Request.GetTypedHeaders(), file.Tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var (body, encoding) = Choose(context.Request.GetTypedHeaders(), file);
        if (encoding is not null) headers.ContentEncoding = encoding;
        response.ContentType = file.ContentType;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static bool IsKnown(RequestHeaders request, string tag) =>
        request.IfNoneMatch.Any(t => t.Tag == tag || t.Equals(EntityTagHeaderValue.Any));

    private static (byte[] Body, string? Encoding) Choose(RequestHeaders request, DashboardFile file)
    {
        if (file.Brotli is { } brotli && Takes("br")) return (brotli, "br");
        return file.GZip is { } gzip && Takes("gzip") ? (gzip, "gzip") : (file.Plain, null);

        bool Takes(string encoding) => request.AcceptEncoding.Any(a => a.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && a.Quality is not 0);
    }
}
