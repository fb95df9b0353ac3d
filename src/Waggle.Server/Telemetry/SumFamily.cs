using System.Text;

namespace Waggle.Server.Telemetry;

/// <summary>A counter or gauge. Observed values are totals already; counted values are added up here.</summary>
internal sealed class SumFamily(string name, string type, string unit, string help, bool observed) : MetricFamily(name, type, unit, help)
{
    /// <summary>Begins a reading, so that a series that is no longer observed disappears and does not keep its last value.</summary>
    public override void BeginReading()
    {
        if (observed) Forget();
    }

    protected override Series Create() => new Sum(observed);

    private sealed class Sum(bool observed) : Series
    {
        private double _value;

        public override void Add(double value)
        {
            if (observed)
            {
                Volatile.Write(ref _value, value);
                return;
            }

            double before;
            do before = Volatile.Read(ref _value);
            while (Interlocked.CompareExchange(ref _value, before + value, before) != before);
        }

        public override void Write(StringBuilder text, string name, string labels) =>
            PrometheusText.AppendSample(text, name, labels, Volatile.Read(ref _value));
    }
}
