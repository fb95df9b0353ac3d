using System.Globalization;
using Waggle.Protocol.Model;

namespace Waggle.Core.Topology;

/// <summary>
/// When an adaptive topology changes, as data and a pure function. Each change has a limit to enter and a lower one to leave, must be advisable in several
/// reviews in a row, and is followed by a time without changes. docs/topology.md has the table.
/// </summary>
internal static class AdaptiveRule
{
    /// <summary>The attempts that must have ended in the window before their failures count.</summary>
    public const int LeastEnded = 20;

    /// <summary>Reviews in the window of one minute.</summary>
    public const int Buckets = 6;

    /// <summary>The reviews in a row that must find the same change advisable.</summary>
    public const int InARow = 3;

    public const double FailedHigh = 0.3;
    public const double FailedLow = 0.1;
    public const double BusyHigh = 0.8;
    public const double BusyLow = 0.3;
    public const int LeastForStar = 3;
    public const int LeastForLeads = 4;

    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan CoolDown = TimeSpan.FromMinutes(5);

    /// <summary>Returns the topology that the figures advise, with the reason; null if the present one should stay.</summary>
    public static (TopologyKind To, string Reason)? Advise(TopologyKind now, in AdaptiveReading reading) => now switch
    {
        TopologyKind.Mesh when reading.Members >= LeastForStar && reading.FailedShare >= FailedHigh =>
            (TopologyKind.Star, $"{Percent(reading.FailedShare)} of {reading.Ended} attempts failed; from {Percent(FailedHigh)} on, one lead checks the work."),
        TopologyKind.Star or TopologyKind.HierarchicalMesh when reading.FailedShare <= FailedLow =>
            (TopologyKind.Mesh, $"{Percent(reading.FailedShare)} of {reading.Ended} attempts failed; up to {Percent(FailedLow)}, no lead is needed."),
        TopologyKind.Star when reading.Members >= LeastForLeads && reading.LeadBusy >= BusyHigh =>
            (TopologyKind.HierarchicalMesh, $"The lead used {Percent(reading.LeadBusy)} of its slots; from {Percent(BusyHigh)} on, several agents lead."),
        TopologyKind.HierarchicalMesh when reading.LeadBusy <= BusyLow =>
            (TopologyKind.Star, $"The leads used {Percent(reading.LeadBusy)} of their slots; up to {Percent(BusyLow)}, one lead is enough."),
        _ => null,
    };

    /// <summary>The figures that a record carries.</summary>
    public static SortedDictionary<string, double> Numbers(in AdaptiveReading reading)
    {
        var numbers = new SortedDictionary<string, double>(StringComparer.Ordinal)
        {
            ["agents"] = reading.Members,
            ["ended"] = reading.Ended,
            ["window_s"] = Math.Round(reading.Window.TotalSeconds, 1),
        };
        if (reading.FailedShare is { } failed) numbers["failed_share"] = Math.Round(failed, 4);
        if (reading.LeadBusy is { } busy) numbers["lead_busy"] = Math.Round(busy, 4);
        return numbers;
    }

    /// <summary>The number of leads that the hub names for a hierarchical mesh: the square root of the number of agents, rounded up, 2 to 32.</summary>
    public static int LeadsFor(int agents) => Math.Clamp((int)Math.Ceiling(Math.Sqrt(agents)), 2, Protocol.Limits.MaxLeads);

    private static string Percent(double? share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");
}
