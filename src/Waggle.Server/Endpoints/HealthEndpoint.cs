using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Waggle.Core.Kernel;
using Waggle.Server.AccessControl;
using Waggle.Server.Dashboard;
using Waggle.Server.Hosting;

namespace Waggle.Server.Endpoints;

internal static class HealthEndpoint
{
    /// <summary>The order that lets an application's own endpoint answer first, if the hub has the root and the application maps the same path.</summary>
    public const int Last = 1;

    /// <summary>
    /// Maps the health endpoints. Live means that the process answers. Ready means that a creation could be stored now, by the last commit and a check of the
    /// data folder.
    /// </summary>
    public static void MapHealth(this IEndpointRouteBuilder app, IHive hive, string prefix, bool opensDashboard)
    {
        var open = new AdmissionRule { Open = true };
        app.MapGet("/health/live", context => SayAsync(context, "live\n")).WithMetadata(open).WithOrder(Last);
        app.MapGet("/health/ready", context => ReadyAsync(context, hive)).WithMetadata(open).WithOrder(Last);
        var index = $"""
            {Hub.Software}
            WebSocket: {prefix}{NativeEndpoint.Path} (waggle.v1), {string.Join(", ", WebSocketTarget.Paths.Select(p => prefix + p))}
            REST: {prefix}/api/v1, described by {prefix}/openapi/v1.json
            Health: {prefix}/health/live {prefix}/health/ready
            Metrics: {prefix}/metrics
            Dashboard: {prefix}{DashboardEndpoint.Path}/

            """;
        app.MapGet("/", context => opensDashboard ? RootAsync(context, index) : SayAsync(context, index)).WithMetadata(open).WithOrder(Last);
    }

    private static Task RootAsync(HttpContext context, string index)
    {
        context.Response.Headers.Vary = HeaderNames.Accept;
        return DashboardEndpoint.IsForPage(context.Request) ? DashboardEndpoint.Redirect(context) : SayAsync(context, index);
    }

    private static Task ReadyAsync(HttpContext context, IHive hive)
    {
        var store = hive.Store;
        var commit = string.Create(CultureInfo.InvariantCulture, $"last commit: {store.SinceCommit.TotalSeconds:F1} s ago\n");
        return store.Problem is { } problem
            ? SayAsync(context, $"not ready: {problem}\n{commit}", StatusCodes.Status503ServiceUnavailable)
            : SayAsync(context, $"ready {hive.Head}\n{commit}");
    }

    private static Task SayAsync(HttpContext context, string text, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text);
    }
}
