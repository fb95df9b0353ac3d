namespace Waggle.Architecture.Tests;

/// <summary>A feature is a folder and one line: the code that runs all features names none of them.</summary>
public sealed class FeatureTests
{
    // The list of the features.
    private const string List = "Features.cs";

    private static readonly string[] NoFeatures = ["Access", "Hives", "Kernel", "Ports"];

    public static TheoryData<string> Files =>
        [.. SourceFile.OfTheProduct.Where(f => f is { Project: "Waggle.Core", Folder: "Kernel" or "Hives" } && Path.GetFileName(f.Path) != List).Select(f => f.Path)];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_kernel_and_the_engine_name_no_feature(string file)
    {
        var features = SourceFile.OfTheProduct.Where(f => f.Project == "Waggle.Core").Select(f => f.Folder).Distinct().Except([.. NoFeatures, ""]).ToArray();
        Assert.Contains("Tasks", features);
        var named = SourceFile.OfTheProduct.Single(f => f.Path == file).Usings.Where(u => features.Contains(FolderOf(u)));
        Assert.Empty(named);
    }

    private static string? FolderOf(string used) => used.StartsWith("Waggle.Core.", StringComparison.Ordinal) ? used["Waggle.Core.".Length..].Split('.')[0] : null;
}
