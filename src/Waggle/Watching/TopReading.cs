using System.Text.Json.Serialization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Watching;

/// <summary>The state of a hub at a moment. Unknown values are null.</summary>
internal sealed record TopReading
{
    public required DateTimeOffset At { get; init; }
    public required IReadOnlyList<AgentView> Agents { get; init; }
    public required IReadOnlyList<SwarmView> Swarms { get; init; }
    public required TopRates Rates { get; init; }
    public required TopQueue Queue { get; init; }
}

/// <summary>The tasks per second over the last <paramref name="WindowS"/> seconds.</summary>
internal sealed record TopRates(double WindowS, double? Created, double? Completed, double? Failed);

/// <param name="Pending">The number of tasks that wait for an agent.</param>
/// <param name="LookedAt">The number of oldest tasks that the other values are counted over.</param>
/// <param name="ByPriority">The number of tasks for each priority.</param>
internal sealed record TopQueue(int Pending, int LookedAt, IReadOnlyDictionary<string, int> ByPriority, IReadOnlyList<TopWait> Waits);

/// <summary>The waiting tasks of one sort, with the reason. Without a code, suitable agents exist and are busy.</summary>
internal sealed record TopWait(string Swarm, IReadOnlyDictionary<string, double>? Requires, string? AssignTo, int Tasks, string? Code, string? Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(TopReading))]
internal sealed partial class TopJson : JsonSerializerContext;
