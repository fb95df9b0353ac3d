using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Waggle.Server.Telemetry;

/// <summary>
/// Listens to the instruments of one hub and of its process and keeps their totals for the next reader. It must exist before the first count, because the value
/// of an up-down counter is known only from its beginning.
/// </summary>
internal sealed class MetricCollector : IDisposable
{
    private const string Runtime = "System.Runtime";

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = [];
    private readonly Lock _asking = new();
    private readonly object _scope;

    /// <param name="scope">The factory of this hub's meters, ASP.NET Core's included, so that two hubs in one process do not mix.</param>
    public MetricCollector(object scope)
    {
        _scope = scope;
        _listener.InstrumentPublished = Publish;
        _listener.MeasurementsCompleted = (instrument, _) => _families.TryRemove(instrument, out var _);
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((MetricFamily)family!).Measure(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => ((MetricFamily)family!).Measure(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((MetricFamily)family!).Measure(value, tags));
        _listener.Start();
    }

    /// <summary>Reads all families by name, with their present values. One reader at a time sees its own reading.</summary>
    public void Read(Action<IReadOnlyList<MetricFamily>> reader)
    {
        lock (_asking)
        {
            foreach (var family in _families.Values) family.BeginReading();
            _listener.RecordObservableInstruments();
            reader([.. _families.Values.DistinctBy(f => f.Name).OrderBy(f => f.Name, StringComparer.Ordinal)]);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name != Runtime && !ReferenceEquals(instrument.Meter.Scope, _scope)) return;
        if (ForeignInstruments.IsForeign(instrument) && !ForeignInstruments.IsServed(instrument)) return;
        if (MetricFamily.Of(instrument) is not { } family) return;
        _families[instrument] = family;
        listener.EnableMeasurementEvents(instrument, family);
    }
}
