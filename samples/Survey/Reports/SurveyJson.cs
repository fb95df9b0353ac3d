using System.Text.Json.Serialization;
using Waggle.Survey.Measuring;

namespace Waggle.Survey.Reports;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = false)]
[JsonSerializable(typeof(FileMeasure))]
[JsonSerializable(typeof(SurveySummary))]
internal sealed partial class SurveyJson : JsonSerializerContext;
