using System.Xml.Linq;

namespace Waggle.Architecture.Tests;

/// <summary>Dependencies point inwards (ARCHITECTURE.md). A new arrow requires a change of this table.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Waggle.Protocol"] = [],
        ["Waggle.Transport"] = [],
        ["Waggle.Delivery"] = ["Waggle.Protocol", "Waggle.Transport"],
        ["Waggle.Transport.AspNetCore"] = ["Waggle.Transport"],
        ["Waggle.SocketIO"] = ["Waggle.Delivery", "Waggle.Transport.AspNetCore"],
        ["Waggle.Core"] = ["Waggle.Protocol"],
        ["Waggle.Dialects"] = ["Waggle.Core", "Waggle.Delivery"],
        ["Waggle.Search.MiniLm"] = ["Waggle.Core"],
        ["Waggle.Storage.Postgres"] = ["Waggle.Core"],
        ["Waggle.Storage.Sqlite"] = ["Waggle.Core"],
        ["Waggle.Server"] =
            ["Waggle.Core", "Waggle.Delivery", "Waggle.Dialects", "Waggle.SocketIO", "Waggle.Storage.Postgres", "Waggle.Storage.Sqlite", "Waggle.Transport.AspNetCore"],
        ["Waggle.Client"] = ["Waggle.Protocol"],
        ["Waggle.Agents"] = ["Waggle.Protocol"],
        ["Waggle.Survey"] = ["Waggle.Client"],
        ["Waggle.Worker"] = ["Waggle.Agents", "Waggle.Client"],
        ["Waggle"] = ["Waggle.Agents", "Waggle.Server", "Waggle.Client", "Waggle.Search.MiniLm", "Waggle.Survey"],
    };

    public static TheoryData<string> Projects => [.. Shipped.Select(p => Path.GetFileNameWithoutExtension(p)!)];

    private static IEnumerable<string> Shipped => Repository.Files("src", "*.csproj").Concat(Repository.Files("samples/Survey", "*.csproj"));

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_lies_further_in(string project)
    {
        Assert.True(Allowed.TryGetValue(project, out var allowed), $"{project} is not in the table of arrows.");
        var file = Shipped.Single(p => Path.GetFileNameWithoutExtension(p) == project);
        var references = XDocument.Load(file).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!));
        Assert.Empty(references.Except(allowed, StringComparer.Ordinal));
    }

    [Fact]
    public void Only_the_servers_know_ASP_NET()
    {
        var users = Repository.Files("src", "*.csproj")
            .Where(p => File.ReadAllText(p).Contains("Microsoft.AspNetCore.App", StringComparison.Ordinal))
            .Select(Path.GetFileNameWithoutExtension)
            .Order();
        Assert.Equal(["Waggle.Server", "Waggle.SocketIO", "Waggle.Transport.AspNetCore"], users);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Only_tests_and_benchmarks_see_what_a_project_keeps_to_itself(string project)
    {
        var file = Shipped.Single(p => Path.GetFileNameWithoutExtension(p) == project);
        var friends = XDocument.Load(file).Descendants("InternalsVisibleTo").Select(f => (string)f.Attribute("Include")!);
        Assert.All(friends, f => Assert.True(f.EndsWith(".Tests", StringComparison.Ordinal) || f == "Waggle.Benchmarks", $"{project}: {f}"));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "Waggle.slnx"));

        // The peers of the comparison are not part of the solution.
        var missing = new[] { "src", "tests", "bench", "samples" }.SelectMany(f => Repository.Files(f, "*.csproj"))
            .Select(p => Path.GetRelativePath(Repository.Root, p).Replace('\\', '/'))
            .Where(p => !p.StartsWith("bench/peers/", StringComparison.Ordinal) && !solution.Contains($"\"{p}\"", StringComparison.Ordinal));
        Assert.Empty(missing);
    }
}
