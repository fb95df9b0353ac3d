using System.Text.Json.Serialization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Watching;

/// <summary>How a hub stands at a moment. What is not known is null.</summary>
internal sealed record TopReading
{
    public required DateTimeOffset At { get; init; }
    public required IReadOnlyList<AgentView> Agents { get; init; }
    public required IReadOnlyList<SwarmView> Swarms { get; init; }
    public required TopRates Rates { get; init; }
    public required TopQueue Queue { get; init; }
}

/// <summary>Tasks a second, counted over the last <paramref name="WindowS"/> seconds.</summary>
internal sealed record TopRates(double WindowS, double? Created, double? Completed, double? Failed);

/// <param name="Pending">All that wait for an agent.</param>
/// <param name="LookedAt">The oldest of them, which the rest is counted over.</param>
/// <param name="ByPriority">Priority to number.</param>
internal sealed record TopQueue(int Pending, int LookedAt, IReadOnlyDictionary<string, int> ByPriority, IReadOnlyList<TopWait> Waits);

/// <summary>Tasks of one sort that wait, and why. No code: somebody could do them and is busy.</summary>
internal sealed record TopWait(string Swarm, IReadOnlyDictionary<string, double>? Requires, string? AssignTo, int Tasks, string? Code, string? Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(TopReading))]
internal sealed partial class TopJson : JsonSerializerContext;
