using System.Text.Json;
using System.Text.Json.Serialization;

namespace Waggle.Survey.Demo;

/// <param name="Position">The position at which the next part begins.</param>
/// <param name="AtHead">Whether no record followed at the time of the read.</param>
internal sealed record LogPiece(IReadOnlyList<LogRecord> Records, string Position, bool AtHead);

internal sealed record LogRecord(string Kind, JsonElement Data);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LogPiece))]
internal sealed partial class HubLogJson : JsonSerializerContext;
