using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Waggle.Server.Telemetry;

internal static class MetricsEndpoint
{
    public const string Path = "/metrics";

    /// <summary>What a Prometheus server scrapes. It passes the same door as everything else.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder app, HubTelemetry telemetry) =>
        app.MapGet(Path, () => Results.Text(telemetry.Read(), PrometheusText.ContentType)).DisableHttpMetrics();
}
