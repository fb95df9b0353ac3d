using System.Diagnostics.Metrics;
using Waggle.Core.Insight;
using Waggle.Core.Kernel.Metrics;
using Waggle.Core.Ports;
using Waggle.Delivery;
using Waggle.Server.Auth;
using Waggle.Server.Insight;
using Waggle.Server.Telemetry;
using Waggle.Storage.Sqlite;
using Waggle.Transport;

namespace Waggle.Server.Hosting;

/// <summary>One hub's telemetry: the instruments that its layers write to, and their exporters.</summary>
internal sealed class HubTelemetry : IDisposable
{
    /// <summary>The meters of the hub. Each exporter has all of them.</summary>
    public static IReadOnlyList<string> MeterNames { get; } =
    [
        HubMetrics.MeterName, HiveMetrics.MeterName, DeliveryMetrics.MeterName, WireMetrics.MeterName, SqliteStore.MeterName, InsightMetrics.MeterName,
        AuthMetrics.MeterName,
    ];

    private readonly MetricCollector _collector;
    private readonly OtlpExport? _otlp;

    public HubTelemetry(IMeterFactory meters, IStore store, InsightOptions insight, Uri? otlp)
    {
        _otlp = OtlpExport.Start(otlp, MeterNames);
        _collector = new MetricCollector(meters);
        Hive = new HiveMetrics(meters.Create(HiveMetrics.MeterName));
        Wire = new WireMetrics(meters.Create(WireMetrics.MeterName));
        Delivery = new DeliveryMetrics(meters.Create(DeliveryMetrics.MeterName), Wire);
        Auth = meters.Create(AuthMetrics.MeterName);
        Hub = new HubMetrics(meters.Create(HubMetrics.MeterName));
        Insight = new InsightMetrics(meters.Create(InsightMetrics.MeterName), insight.Rules);
        if (store is SqliteStore sqlite) sqlite.MeasureWith(meters.Create(SqliteStore.MeterName));
    }

    public HiveMetrics Hive { get; }

    public DeliveryMetrics Delivery { get; }

    public WireMetrics Wire { get; }

    public HubMetrics Hub { get; }

    public InsightMetrics Insight { get; }

    public Meter Auth { get; }

    /// <summary>Returns all metrics in Prometheus' text form.</summary>
    public string Read()
    {
        var text = "";
        _collector.Read(families => text = PrometheusText.Write(families));
        return text;
    }

    public void Dispose()
    {
        _otlp?.Dispose();
        _collector.Dispose();
    }
}
