using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Waggle.Server.Telemetry;

/// <summary>One instrument as Prometheus sees it: a name, a type, and a series for each set of labels.</summary>
internal abstract class MetricFamily(string name, string type, string unit, string help)
{
    // Labels come from closed sets; this limit protects against an open one.
    private const int MostSeries = 1000;
    private const string Overflow = "overflow=\"true\"";

    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);

    public string Name => name;

    /// <summary>The type: counter | gauge | histogram</summary>
    public string Type => type;

    /// <summary>The unit of the instrument (UCUM): s, By, {task}.</summary>
    public string Unit => unit;

    public string Help => help;

    /// <summary>The series by their labels in text form, in a set order.</summary>
    public IEnumerable<(string Labels, Series Series)> Series => _series.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => (s.Key, s.Value));

    /// <summary>Creates the family of an instrument; null for a kind of instrument without a form here.</summary>
    public static MetricFamily? Of(Instrument instrument)
    {
        var unit = instrument.Unit ?? "";
        var help = instrument.Description ?? "";
        var kind = instrument.GetType() is { IsGenericType: true } type ? type.GetGenericTypeDefinition() : null;
        string Name(bool counter) => PrometheusName.Of(instrument.Name, unit, counter);
        if (kind == typeof(Counter<>)) return new SumFamily(Name(true), "counter", unit, help, SumKind.Added);
        if (kind == typeof(ObservableCounter<>) && !ForeignInstruments.Falls(instrument))
        {
            return new SumFamily(Name(true), "counter", unit, help, SumKind.Observed);
        }

        if (kind == typeof(UpDownCounter<>)) return new SumFamily(Name(false), "gauge", unit, help, SumKind.Added);
        if (kind == typeof(ObservableCounter<>) || kind == typeof(ObservableUpDownCounter<>) || kind == typeof(ObservableGauge<>))
            return new SumFamily(Name(false), "gauge", unit, help, SumKind.Observed);
        if (kind == typeof(Gauge<>)) return new SumFamily(Name(false), "gauge", unit, help, SumKind.Recorded);
        return kind == typeof(Histogram<>) ? new HistogramFamily(Name(false), unit, help, HistogramFamily.BoundariesOf(instrument)) : null;
    }

    public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => SeriesOf(tags.IsEmpty ? "" : LabelsOf(tags)).Add(value);

    /// <summary>Begins a reading, which starts observed values again.</summary>
    public virtual void BeginReading()
    {
    }

    protected void Forget() => _series.Clear();

    protected abstract Series Create();

    private Series SeriesOf(string labels)
    {
        if (_series.TryGetValue(labels, out var series)) return series;
        if (_series.Count >= MostSeries) labels = Overflow;
        return _series.GetOrAdd(labels, static (_, family) => family.Create(), this);
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // The same labels in another order are the same series; a page that had both would be refused.
        for (var i = 1; i < tags.Length; i++)
        {
            if (string.CompareOrdinal(tags[i - 1].Key, tags[i].Key) <= 0) continue;
            var sorted = tags.ToArray();
            Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
            tags = sorted;
            break;
        }

        var text = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            if (text.Length > 0) text.Append(',');
            PrometheusText.AppendLabel(text, key, value);
        }

        return text.ToString();
    }
}

/// <summary>The measurements with one set of labels.</summary>
internal abstract class Series
{
    public abstract void Add(double value);

    public abstract void Write(StringBuilder text, string name, string labels);
}
