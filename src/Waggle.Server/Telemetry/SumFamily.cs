using System.Text;

namespace Waggle.Server.Telemetry;

/// <summary>A counter or gauge.</summary>
internal sealed class SumFamily(string name, string type, string unit, string help, SumKind kind) : MetricFamily(name, type, unit, help)
{
    /// <summary>Begins a reading, so that a series that is no longer observed disappears and does not keep its last value.</summary>
    public override void BeginReading()
    {
        if (kind == SumKind.Observed) Forget();
    }

    protected override Series Create() => new Sum(kind == SumKind.Added);

    private sealed class Sum(bool adds) : Series
    {
        private double _value;

        public override void Add(double value)
        {
            if (!adds)
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

internal enum SumKind
{
    /// <summary>Measurements are differences, which the family adds up.</summary>
    Added,

    /// <summary>A measurement is the value, which stays until the next one.</summary>
    Recorded,

    /// <summary>A measurement is the value at a reading.</summary>
    Observed,
}
