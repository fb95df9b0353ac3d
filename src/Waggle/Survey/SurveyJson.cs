using System.Text.Json.Serialization;

namespace Waggle.Survey;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = false)]
[JsonSerializable(typeof(FileMeasure))]
[JsonSerializable(typeof(SurveySummary))]
internal sealed partial class SurveyJson : JsonSerializerContext;
