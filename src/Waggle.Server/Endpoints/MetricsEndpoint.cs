using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Access;
using Waggle.Server.AccessControl;
using Waggle.Server.Hosting;
using Waggle.Server.Telemetry;

namespace Waggle.Server.Endpoints;

internal static class MetricsEndpoint
{
    public const string Path = "/metrics";

    /// <summary>Maps the endpoint that a Prometheus server scrapes. It passes the same admission check as every other request.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder app, Func<HubTelemetry> telemetry) => app.MapGet(Path, context =>
    {
        context.Response.ContentType = PrometheusText.ContentType;
        return context.Response.WriteAsync(telemetry().Read());
    }).DisableHttpMetrics().WithMetadata(new AdmissionRule { Needs = Permissions.ReadSystem }).WithOrder(HealthEndpoint.Last);
}
