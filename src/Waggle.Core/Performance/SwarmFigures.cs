using System.Text.Json.Serialization;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Performance;

/// <summary>The tasks of a swarm that ended since it began. The store keeps them with the tasks, so that no restart resets them.</summary>
public sealed record SwarmFigures
{
    public static EntityKind Entity { get; } = new("swarm_figures", []);

    public int V { get; init; } = 1;
    public required string Swarm { get; init; }

    /// <summary>The offset of the first counted record, which no other swarm has.</summary>
    public long Seq { get; init; }
    public long Completed { get; init; }
    public long Failed { get; init; }
    public long Cancelled { get; init; }
    public long Expired { get; init; }
    public long Rejected { get; init; }

    /// <summary>The number of completing attempts with a known duration, and the sum of their durations.</summary>
    public long Timed { get; init; }
    public long WorkedMs { get; init; }

    [JsonIgnore]
    public SwarmTotals Totals => new()
    {
        Completed = Completed,
        Failed = Failed,
        Cancelled = Cancelled,
        Expired = Expired,
        Rejected = Rejected,
        AverageMs = Timed == 0 ? null : WorkedMs / Timed,
    };

    internal SwarmFigures With(TaskState ended, long? durationMs) => ended switch
    {
        TaskState.Completed => this with { Completed = Completed + 1, Timed = Timed + (durationMs is null ? 0 : 1), WorkedMs = WorkedMs + (durationMs ?? 0) },
        TaskState.Failed => this with { Failed = Failed + 1 },
        TaskState.Cancelled => this with { Cancelled = Cancelled + 1 },
        TaskState.Expired => this with { Expired = Expired + 1 },
        TaskState.Rejected => this with { Rejected = Rejected + 1 },
        _ => this,
    };
}
