using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Watching;

/// <summary>A line of a task's log.</summary>
/// <param name="At">When the hub got it; of a line that is known from the end of its attempt alone, that end.</param>
/// <param name="Tail">It is one of the last lines that the hub keeps of an attempt that ended, not one that came just now.</param>
internal sealed record LogLine(DateTimeOffset At, string Task, string? Agent, int Attempt, string Line, bool Tail);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(LogLine))]
internal sealed partial class LogJson : JsonSerializerContext;
