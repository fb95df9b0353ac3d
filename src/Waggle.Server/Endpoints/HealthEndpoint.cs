using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Server.Hosting;

namespace Waggle.Server.Endpoints;

internal static class HealthEndpoint
{
    /// <summary>Live: the process answers. Ready: its hive has its store and its loop runs.</summary>
    public static void MapHealth(this IEndpointRouteBuilder app, Hub hub)
    {
        app.MapGet("/health/live", () => Results.Text("live\n"));
        app.MapGet("/health/ready", () => hub.Hive.Completion.IsCompleted
            ? Results.Text("the hive has stopped\n", statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text($"ready {hub.Hive.Head}\n"));
        app.MapGet("/", () => Results.Text($"{Hub.Software}\nWebSocket: {NativeEndpoint.Path} (waggle.v1)\nHealth: /health/live /health/ready\nMetrics: /metrics\n"));
    }
}
