using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Waggle.Server.Telemetry;

/// <summary>
/// Listens to the instruments of one hub and of its process and keeps their totals until somebody asks. It must be there before anything is counted:
/// what goes up and down is known only from the beginning on.
/// </summary>
internal sealed class MetricCollector : IDisposable
{
    private const string Runtime = "System.Runtime";

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = [];
    private readonly Lock _asking = new();
    private readonly object _scope;

    /// <param name="scope">The factory that this hub's meters come from, ASP.NET Core's included: two hubs in one process do not mix.</param>
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

    /// <summary>All families by name, as they are now. One reader at a time sees its own reading.</summary>
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
