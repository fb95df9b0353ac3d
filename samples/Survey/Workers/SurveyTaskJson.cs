using System.Text.Json.Serialization;
using Waggle.Survey.Sources;

namespace Waggle.Survey.Workers;

internal sealed record MeasureInput(string Path);

/// <param name="Skipped">The directories and links that the scout could not list. They are part of the report.</param>
/// <param name="SkippedBesides">The number of further ones, which a message cannot carry.</param>
internal sealed record ReportInput(int Files, IReadOnlyList<SkippedEntry> Skipped, int SkippedBesides);

internal sealed record ScoutResult(int Files, int Skipped, string ReportTask);

internal sealed record ReportResult(string Markdown, string Json, int Measured, int Failed, int Languages);

/// <summary>The JSON of the tasks' inputs and results.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MeasureInput))]
[JsonSerializable(typeof(ReportInput))]
[JsonSerializable(typeof(ScoutResult))]
[JsonSerializable(typeof(ReportResult))]
internal sealed partial class SurveyTaskJson : JsonSerializerContext;
