using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Core.Insight;

/// <summary>Records that the health of a part of the hub changed.</summary>
public sealed record ModuleStatusChanged : RecordData
{
    [JsonIgnore]
    public override string Kind => "module_status_changed";

    [JsonIgnore]
    public override string Topic => $"system.module.{Module}";

    public required string Module { get; init; }
    public required HealthStatus OldStatus { get; init; }
    public required HealthStatus NewStatus { get; init; }
    public required string Reason { get; init; }

    /// <summary>The functions that suffer from the fault of the part.</summary>
    public required IReadOnlyList<string> Affected { get; init; }
}

/// <summary>Records a reading of machine, process and hub. Only the newest counts; it is not stored.</summary>
public sealed record SystemMeasured : RecordData
{
    [JsonIgnore]
    public override string Kind => "system_metrics";

    [JsonIgnore]
    public override string Topic => "system.metrics";

    [JsonIgnore]
    public override RecordClass Class => RecordClass.Latest;

    public required long IntervalMs { get; init; }
    public required HealthStatus Status { get; init; }
    public required IReadOnlyDictionary<string, HealthStatus> Modules { get; init; }
    public required HostReading Host { get; init; }
    public required ProcessReading Process { get; init; }
    public required DiskReading Disk { get; init; }
    public required HubReading Hub { get; init; }
    public required WorkReading Work { get; init; }
    public required IReadOnlyList<AlertView> Alerts { get; init; }
    public required IReadOnlyDictionary<string, string> Reasons { get; init; }

    internal static SystemMeasured Of(SystemView view) => new()
    {
        IntervalMs = view.IntervalMs,
        Status = view.Status,
        Modules = view.Modules,
        Host = view.Host,
        Process = view.Process,
        Disk = view.Disk,
        Hub = view.Hub,
        Work = view.Work,
        Alerts = view.Alerts,
        Reasons = view.Reasons,
    };

    internal SystemView At(DateTimeOffset at) => new()
    {
        At = at,
        IntervalMs = IntervalMs,
        Status = Status,
        Modules = Modules,
        Host = Host,
        Process = Process,
        Disk = Disk,
        Hub = Hub,
        Work = Work,
        Alerts = Alerts,
        Reasons = Reasons,
    };
}
