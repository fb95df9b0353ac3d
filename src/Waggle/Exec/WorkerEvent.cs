using System.Text.Json.Serialization;

namespace Waggle.Exec;

/// <summary>An event of a worker, for the people who watch it.</summary>
/// <param name="Event">connected | disconnected | in_use | assigned | completed | failed | cancelled | released | rejected | draining | stopping | stopped
/// | dropped | vote_failed | message_handled | message_failed</param>
/// <param name="Message">The text of the line after task and event.</param>
internal sealed record WorkerEvent(string Event, string? Message = null)
{
    public DateTimeOffset At { get; init; }

    /// <summary>The proposal of a vote.</summary>
    public string? Proposal { get; init; }

    /// <summary>The message to the agent.</summary>
    public string? MessageId { get; init; }
    public string? Task { get; init; }
    public int? Attempt { get; init; }
    public string? Title { get; init; }

    /// <summary>The code of a failure or rejection.</summary>
    public string? Code { get; init; }

    /// <summary>The time in milliseconds from the start of the command until its last process ended.</summary>
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
