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
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; "
        + "form-action 'none'";

    // An application that gives the hub the root may have a page of its own there.
    private const int Last = 1;

    public static void MapDashboard(this IEndpointRouteBuilder app) =>
        app.MapGet(Path + "/{**file}", ServeAsync).WithMetadata(new AdmissionRule { Open = true }).WithOrder(Last);

    /// <summary>Whether a request comes from the address bar of a browser. Clients of any protocol, WebSockets included, ask for no HTML.</summary>
    public static bool IsForPage(HttpRequest request) =>
        !request.Headers.ContainsKey(HeaderNames.SecWebSocketKey)
        && request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase) && a.Quality is not 0);

    /// <summary>Sends a browser from the root of the hub to the dashboard.</summary>
    public static Task Redirect(HttpContext context)
    {
        // The address is relative to the last slash of the present one, because the hub does not know the path before it that a proxy removed.
        var path = context.Request.Path.Value!;
        var last = path[(path.LastIndexOf('/') + 1)..];
        context.Response.Redirect(last.Length == 0 ? $"{Path[1..]}/" : $"{last}{Path}/");
        return Task.CompletedTask;
    }

    private static Task ServeAsync(HttpContext context)
    {
        if (context.Request.Path.Value is { } path && path.EndsWith(Path, StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Redirect($"{Path[1..]}/");
            return Task.CompletedTask;
        }

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
        headers.Vary = HeaderNames.AcceptEncoding;
        var asked = context.Request.GetTypedHeaders();
        var form = Choose(asked, file);
        headers.ETag = form.Tag;
        if (IsKnown(asked, form.Tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (form.Encoding is not null) headers.ContentEncoding = form.Encoding;
        response.ContentType = file.ContentType;
        response.ContentLength = form.Body.Length;
        await response.Body.WriteAsync(form.Body, context.RequestAborted);
    }

    private static bool IsKnown(RequestHeaders request, string tag) =>
        request.IfNoneMatch.Any(t => t.Tag == tag || t.Equals(EntityTagHeaderValue.Any));

    // The smallest form that the client takes. RFC 9110 12.5.3: * stands for the encodings that the header does not name.
    private static DashboardForm Choose(RequestHeaders request, DashboardFile file)
    {
        return file.Forms.FirstOrDefault(f => f.Encoding is null || Takes(f.Encoding)) ?? file.Forms[^1];

        bool Takes(string encoding) =>
            (request.AcceptEncoding.FirstOrDefault(a => a.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase))
                ?? request.AcceptEncoding.FirstOrDefault(a => a.Value == "*")) is { Quality: not 0 };
    }
}
