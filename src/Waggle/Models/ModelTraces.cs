using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Waggle.Client;

namespace Waggle.Models;

/// <summary>Exports the spans of the worker to an OpenTelemetry collector, if the standard variables name one.</summary>
internal sealed class ModelTraces : IDisposable
{
    private readonly TracerProvider _provider;

    private ModelTraces() => _provider = Sdk.CreateTracerProviderBuilder()
        .AddSource(WaggleClient.ActivitySourceName, ModelAgent.ActivitySourceName)
        .ConfigureResource(resource => resource.AddService("waggle-worker"))
        .AddOtlpExporter()
        .Build();

    public static ModelTraces? Start() =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT")) ? null : new ModelTraces();

    public void Dispose() => _provider.Dispose();
}
