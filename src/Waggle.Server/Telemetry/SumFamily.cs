using System.Text;

namespace Waggle.Server.Telemetry;

/// <summary>Counters and gauges. What is observed is a total already; what is counted is added up here.</summary>
internal sealed class SumFamily(string name, string type, string unit, string help, bool observed) : MetricFamily(name, type, unit, help)
{
    /// <summary>A series that is observed no more is gone, not frozen.</summary>
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
