using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Waggle.Core.Tasks;

namespace Waggle.Server.Telemetry;

/// <summary>
/// Exports the same metrics, and the spans of traced tasks, to an OpenTelemetry collector. It is off unless the operator names one; the standard variables
/// (OTEL_…) configure the rest.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    private const string Variable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    private OtlpExport(Uri? endpoint, IReadOnlyList<string> meters)
    {
        _metrics = Sdk.CreateMeterProviderBuilder()
            .AddMeter([.. meters])
            .AddMeter("System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
            .ConfigureResource(resource => resource.AddService("waggle"))
            .AddOtlpExporter(otlp => Send(otlp, endpoint, "v1/metrics"))
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .AddSource(TaskTracing.SourceName)
            .ConfigureResource(resource => resource.AddService("waggle"))
            .AddOtlpExporter(otlp => Send(otlp, endpoint, "v1/traces"))
            .Build();
    }

    public static OtlpExport? Start(Uri? endpoint, IReadOnlyList<string> meters) =>
        endpoint is null && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)) ? null : new OtlpExport(endpoint, meters);

    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }

    // Over HTTP the path is part of an endpoint that a program sets; the exporter adds it to the variable's endpoint.
    private static void Send(OtlpExporterOptions otlp, Uri? endpoint, string path)
    {
        if (endpoint is not null) otlp.Endpoint = otlp.Protocol == OtlpExportProtocol.HttpProtobuf ? new Uri(endpoint, path) : endpoint;
    }
}
