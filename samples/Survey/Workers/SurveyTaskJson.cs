using System.Text.Json.Serialization;
using Waggle.Survey.Sources;

namespace Waggle.Survey.Workers;

internal sealed record MeasureInput(string Path);

/// <param name="Skipped">What the scout could not list: directories, links. They are part of the report.</param>
/// <param name="SkippedBesides">How many more there were than a message should carry.</param>
internal sealed record ReportInput(int Files, IReadOnlyList<SkippedEntry> Skipped, int SkippedBesides);

internal sealed record ScoutResult(int Files, int Skipped, string ReportTask);

internal sealed record ReportResult(string Markdown, string Json, int Measured, int Failed, int Languages);

/// <summary>What the tasks carry and what they result in.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MeasureInput))]
[JsonSerializable(typeof(ReportInput))]
[JsonSerializable(typeof(ScoutResult))]
[JsonSerializable(typeof(ReportResult))]
internal sealed partial class SurveyTaskJson : JsonSerializerContext;
