using System.Text.Json.Serialization;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>Records what an attempt used so far with one model.</summary>
public sealed record TaskUsed : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_usage";

    public required string Agent { get; init; }
    public required int Attempt { get; init; }

    /// <summary>The usage of the attempt with this model so far.</summary>
    public required Usage Usage { get; init; }

    /// <summary>The difference to the record before it. The cost falls if the worker reports less than the hub had computed.</summary>
    public required UsageTotals Added { get; init; }
}

/// <summary>Records that the hub asked a worker to stop, after which the task waits. Until the deadline the first end wins.</summary>
public sealed record TaskStopRequested : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_stop_requested";

    public required string Reason { get; init; }
    public required string RequestedBy { get; init; }
    public required DateTimeOffset Deadline { get; init; }
}
