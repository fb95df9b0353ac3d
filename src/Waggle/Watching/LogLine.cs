using System.Text.Json.Serialization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Watching;

/// <summary>A line of a task's log.</summary>
/// <param name="At">The time at which the hub received the line; for a line known from the end of its attempt only, the time of that end.</param>
/// <param name="Tail">Whether the line is one of the last lines that the hub keeps of an ended attempt, and not a live one.</param>
internal sealed record LogLine(DateTimeOffset At, string Task, string? Agent, int Attempt, string Line, bool Tail);

/// <summary>A stored line of a task's log.</summary>
internal sealed record StoredLine(long Seq, DateTimeOffset At, string Task, string Agent, int Attempt, AgentLogLevel? Level, string Line);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(LogLine))]
[JsonSerializable(typeof(StoredLine))]
internal sealed partial class LogJson : JsonSerializerContext;
