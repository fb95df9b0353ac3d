using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Survey.Workers;

/// <summary>The three types of tasks of a survey. All belong to one swarm. The parent of the file tasks and of the report is the listing task.</summary>
internal static class SurveyTasks
{
    public const string ListType = "list";
    public const string MeasureType = "measure";
    public const string ReportType = "report";

    public const string ScoutCapability = "scout";
    public const string AnalyseCapability = "analyse";
    public const string ReportCapability = "report";

    /// <summary>The lease is short, so that the takeover of a killed worker's tasks is visible.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    // With the default of 2, a second worker killed by hand would cause dead letters.
    private const int PoisonLosses = 5;

    public static TaskSpec List(string swarm, string directory) =>
        Spec(swarm, ListType, ScoutCapability, $"List the source files of {directory}");

    public static TaskSpec Measure(string swarm, string scoutTask, string path) =>
        Spec(swarm, MeasureType, AnalyseCapability, path) with
        {
            Parent = scoutTask,
            IdempotencyKey = $"{scoutTask}:{Hash(path)}",
            Input = RawJson.FromTrusted(JsonSerializer.SerializeToUtf8Bytes(new MeasureInput(path), SurveyTaskJson.Default.MeasureInput)),
        };

    public static TaskSpec Report(string swarm, string scoutTask, IReadOnlyList<string> files, ReportInput input) =>
        Spec(swarm, ReportType, ReportCapability, $"Report on {files.Count} files") with
        {
            Parent = scoutTask,
            IdempotencyKey = $"{scoutTask}:report",
            DependsOn = files,
            // A file that cannot be measured is part of the report and must not fail it.
            Join = JoinRule.AllEnded,
            Input = RawJson.FromTrusted(JsonSerializer.SerializeToUtf8Bytes(input, SurveyTaskJson.Default.ReportInput)),
        };

    public static string PathOf(TaskSpec spec) => JsonSerializer.Deserialize(spec.Input.Utf8.Span, SurveyTaskJson.Default.MeasureInput)!.Path;

    private static TaskSpec Spec(string swarm, string type, string capability, string title) => new()
    {
        // The end of a path is more specific than its beginning.
        Title = title.Length <= Limits.MaxTitleLength ? title : "…" + title[^(Limits.MaxTitleLength - 1)..],
        Type = type,
        Swarm = swarm,
        Requires = new Dictionary<string, double>(StringComparer.Ordinal) { [capability] = 0.5 },
        LeaseMs = (int)Lease.TotalMilliseconds,
        PoisonLosses = PoisonLosses,
    };

    // Paths may contain characters that keys must not.
    private static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)).AsSpan(0, 16));
}
