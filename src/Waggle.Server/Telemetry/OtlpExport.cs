using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Waggle.Core.Hives.Metrics;
using Waggle.Delivery;
using Waggle.Storage.Sqlite;
using Waggle.Transport;

namespace Waggle.Server.Telemetry;

/// <summary>The same figures sent to an OpenTelemetry collector. Off unless somebody names one; the standard variables (OTEL_…) say the rest.</summary>
internal static class OtlpExport
{
    // Over HTTP the path belongs to an endpoint that a program sets; the variable's gets it by itself.
    private const string HttpPath = "v1/metrics";
    private const string Variable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static IDisposable? Start(Uri? endpoint)
    {
        if (endpoint is null && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable))) return null;
        return Sdk.CreateMeterProviderBuilder()
            .AddMeter(HiveMetrics.MeterName, DeliveryMetrics.MeterName, WireMetrics.MeterName, SqliteStore.MeterName)
            .AddMeter("System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
            .ConfigureResource(resource => resource.AddService("waggle"))
            .AddOtlpExporter(otlp =>
            {
                if (endpoint is not null) otlp.Endpoint = otlp.Protocol == OtlpExportProtocol.HttpProtobuf ? new Uri(endpoint, HttpPath) : endpoint;
            })
            .Build();
    }
}
