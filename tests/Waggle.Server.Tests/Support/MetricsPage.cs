using System.Globalization;

namespace Waggle.Server.Tests.Support;

internal static class MetricsPage
{
    /// <summary>Returns the hub's count under a name; 0 if it has counted nothing yet.</summary>
    public static async Task<double> FigureAsync(this HttpClient http, string series) =>
        (await http.GetStringAsync("/metrics")).Split('\n').FirstOrDefault(l => l.StartsWith(series + " ", StringComparison.Ordinal)) is { } line
            ? double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture)
            : 0;
}
