namespace Waggle.Architecture.Tests;

/// <summary>A feature is a folder and one line: what runs all features names none of them.</summary>
public sealed class FeatureTests
{
    // Reads of the store and figures still know tasks, chat and alerts; Features.cs is the list.
    private static readonly string[] Exceptions =
    [
        "Features.cs", "Hive.cs", "Hive.Alerts.cs", "Hive.Blobs.cs", "Hive.People.cs", "Hive.Read.cs", "HiveOverview.cs", "HiveMetrics.cs", "HiveMetrics.Count.cs", "HiveMetrics.Take.cs",
    ];

    private static readonly string[] NoFeatures = ["Access", "Hives", "Kernel", "Ports"];

    public static TheoryData<string> Files =>
        [.. new[] { "Kernel", "Hives" }.SelectMany(f => Repository.Files($"src/Waggle.Core/{f}", "*.cs")).Select(p => Path.GetRelativePath(Repository.Root, p)).Where(p => !Exceptions.Contains(Path.GetFileName(p)))];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_kernel_and_the_engine_name_no_feature(string file)
    {
        var features = Directory.GetDirectories(Path.Combine(Repository.Root, "src", "Waggle.Core")).Select(Path.GetFileName).Except(NoFeatures).Where(f => f is not ("bin" or "obj")).ToArray();
        Assert.Contains("Tasks", features);
        var named = File.ReadLines(Path.Combine(Repository.Root, file)).Where(line => features.Any(f => line.Contains($"Waggle.Core.{f};", StringComparison.Ordinal) || line.Contains($"Waggle.Core.{f}.", StringComparison.Ordinal)));
        Assert.Empty(named);
    }
}
