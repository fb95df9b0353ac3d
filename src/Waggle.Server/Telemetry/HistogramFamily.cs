using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Waggle.Server.Telemetry;

/// <summary>A histogram with the boundaries that its instrument advises.</summary>
internal sealed class HistogramFamily(string name, string unit, string help, double[] boundaries) : MetricFamily(name, "histogram", unit, help)
{
    // OpenTelemetry's default boundaries, for instruments that advise none.
    private static readonly double[] Standard = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];

    public static double[] BoundariesOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(b => (double)b)],
        _ => Standard,
    };

    protected override Series Create() => new Buckets(boundaries);

    private sealed class Buckets(double[] boundaries) : Series
    {
        private readonly Lock _lock = new();
        private readonly long[] _counts = new long[boundaries.Length + 1];
        private double _sum;

        public override void Add(double value)
        {
            // A boundary belongs to the bucket that it closes ("le").
            var at = Array.BinarySearch(boundaries, value);
            lock (_lock)
            {
                _counts[at < 0 ? ~at : at]++;
                _sum += value;
            }
        }

        public override void Write(StringBuilder text, string name, string labels)
        {
            long[] counts;
            double sum;
            lock (_lock) (counts, sum) = ([.. _counts], _sum);
            var before = labels.Length > 0 ? labels + "," : "";
            long total = 0;
            for (var i = 0; i < counts.Length; i++)
            {
                total += counts[i];
                var le = i < boundaries.Length ? boundaries[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
                PrometheusText.AppendSample(text, name + "_bucket", $"{before}le=\"{le}\"", total);
            }

            PrometheusText.AppendSample(text, name + "_sum", labels, sum);
            PrometheusText.AppendSample(text, name + "_count", labels, total);
        }
    }
}
