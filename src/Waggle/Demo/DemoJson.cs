using System.Text.Json.Serialization;
using Waggle.Demo.State;

namespace Waggle.Demo;

/// <summary>What tasks carry and what records say. Lenient: of a record only what the demo needs is read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MeasureInput))]
[JsonSerializable(typeof(ReportInput))]
[JsonSerializable(typeof(ScoutResult))]
[JsonSerializable(typeof(ReportResult))]
[JsonSerializable(typeof(Particulars))]
internal sealed partial class DemoJson : JsonSerializerContext;

/// <summary>What <c>--json</c> prints.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(DemoSummary))]
internal sealed partial class DemoSummaryJson : JsonSerializerContext;
