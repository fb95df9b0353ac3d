using System.Text.Json.Serialization;

namespace Waggle.Exec;

/// <summary>Something that a worker did, for those who look on.</summary>
/// <param name="Event">connected | disconnected | in_use | assigned | completed | failed | cancelled | released | rejected | draining | stopping | stopped
/// | dropped</param>
/// <param name="Message">What the line says after task and event.</param>
internal sealed record WorkerEvent(string Event, string? Message = null)
{
    public DateTimeOffset At { get; init; }
    public string? Task { get; init; }
    public int? Attempt { get; init; }
    public string? Title { get; init; }

    /// <summary>Of a failure or rejection.</summary>
    public string? Code { get; init; }

    /// <summary>From the start of the command until nothing of it was left.</summary>
    public long? DurationMs { get; init; }
    public string? Agent { get; init; }
    public string? Swarm { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(Protocol.Json.UtcTime)])]
[JsonSerializable(typeof(WorkerEvent))]
internal sealed partial class ExecJson : JsonSerializerContext;
