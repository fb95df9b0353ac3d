using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using Waggle.Server.Endpoints;
using Waggle.Server.Hosting;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Telemetry;

/// <summary>A hub in an application that also has OpenTelemetry's own exporter, which reads the same instruments from their beginning.</summary>
internal sealed class PrometheusOracle : IAsyncDisposable
{
    private const string OraclePath = "/oracle";

    private readonly string _folder = Directory.CreateTempSubdirectory("waggle-oracle-").FullName;
    private WebApplication _app = null!;
    private MeterProvider _provider = null!;

    public IMeterFactory Meters { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public static async Task<PrometheusOracle> StartAsync(params string[] meters)
    {
        var oracle = new PrometheusOracle();
        await oracle.OpenAsync(meters);
        return oracle;
    }

    /// <summary>Reads the hub's own page.</summary>
    public async Task<MetricPage> OursAsync() => MetricPage.Parse(await Http.GetStringAsync(new Uri(MetricsEndpoint.Path, UriKind.Relative)));

    /// <summary>Reads OpenTelemetry's page in the same text form, version 0.0.4.</summary>
    public async Task<MetricPage> TheirsAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, OraclePath);
        request.Headers.TryAddWithoutValidation("Accept", "text/plain; version=0.0.4");
        using var response = await Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        return MetricPage.Parse(await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        _provider.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task OpenAsync(string[] meters)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<PrometheusAspNetCoreOptions>(o => (o.ScrapeResponseCacheDurationMilliseconds, o.TargetInfoEnabled) = (0, false));
        builder.AddWaggle(new WaggleServerOptions { DataFolder = _folder });
        _app = builder.Build();
        Meters = _app.Services.GetRequiredService<IMeterFactory>();
        _provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter([.. HubTelemetry.MeterNames, "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", .. meters])

            // Hubs of other tests in this process have meters of the same names.
            .AddView(instrument => instrument.Meter.Name == "System.Runtime" || ReferenceEquals(instrument.Meter.Scope, Meters) ? null : MetricStreamConfiguration.Drop)
            .AddPrometheusExporter(o => (o.ScrapeResponseCacheDurationMilliseconds, o.TargetInfoEnabled) = (0, false))
            .Build();
        _app.MapWaggle(prefix: "");
        _app.MapPrometheusScrapingEndpoint(OraclePath, _provider, null, null).DisableHttpMetrics();
        await _app.StartAsync();
        Http = new HttpClient { BaseAddress = new Uri(_app.Urls.First()), Timeout = Eventually.Patience };
    }
}
