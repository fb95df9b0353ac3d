using System.Text.RegularExpressions;

namespace Waggle.Architecture.Tests;

/// <summary>Tests mirror src, bench and samples folder by folder: the tests of <c>src/P/F</c> are in <c>tests/P.Tests/F</c>.</summary>
public sealed partial class MirrorTests
{
    // Folders of tests whose subject is no folder of the project.
    private static readonly Dictionary<string, string> Folders = new(StringComparer.Ordinal)
    {
        ["Waggle.Server.Tests/Compat/ClaudeFlow"] = "the clients of one dialect, over all that the hub does for them",
        ["Waggle.Server.Tests/Compat/CloudAgents"] = "the clients of one dialect, over all that the hub does for them",
        ["Waggle.Server.Tests/Compat/ClaudeZen"] = "the clients of one dialect, over all that the hub does for them",
        ["Waggle.Server.Tests/ForeignText"] = "one policy, over every road in",
        ["Waggle.Server.Tests/Matrix"] = "one rule, over every road in",
        ["Waggle.Server.Tests/Spec"] = "the pages in spec",
        ["Waggle.SocketIO.Tests/Interop"] = "clients of other authors",
        ["Waggle.SocketIO.Tests/Samples"] = "the programs in its README",
        ["Waggle.Storage.Sqlite.Tests/Samples"] = "data folders of earlier versions",
        ["Waggle.Tests/Cli"] = "whole commands, run as processes",
        ["Waggle.Tests/Packages"] = "the scripts and packages of eng",
        ["Waggle.Tests/Samples"] = "the programs in samples",
    };

    // Tests whose name is also that of a file in another folder.
    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["Waggle.SocketIO.Tests/EngineIO/HandshakeTests.cs"] = "the handshake of Engine.IO, not the Handshake that a socket shows",
    };

    public static TheoryData<string> Projects =>
        [.. Directory.GetDirectories(Path.Combine(Repository.Root, "tests"), "*.Tests").Select(d => Path.GetFileName(d)!).Where(p => Directory.Exists(Source(p)))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Each_folder_of_tests_is_a_folder_of_the_project(string project)
    {
        var other = TestFiles(project).Select(f => Path.GetDirectoryName(f)!.Replace('\\', '/')).Distinct()
            .Where(folder => !Directory.Exists(Path.Combine(Source(project), folder)) && !Folders.ContainsKey($"{project}/{folder}"));
        Assert.Empty(other);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Tests_that_bear_the_name_of_a_file_lie_in_its_folder(string project)
    {
        var sources = Repository.Files(Source(project), "*.cs").Select(f => Path.GetRelativePath(Source(project), f))
            .ToLookup(f => Path.GetFileName(f).Split('.')[0], f => Path.GetDirectoryName(f)!, StringComparer.Ordinal);
        var astray = from file in TestFiles(project)
                     let tested = Name().Match(Path.GetFileName(file)).Groups[1].Value
                     where sources.Contains(tested) && !sources[tested].Contains(Path.GetDirectoryName(file)!) && !Files.ContainsKey($"{project}/{file.Replace('\\', '/')}")
                     select $"{file}: {tested} is in {string.Join(", ", sources[tested].Distinct())}";
        Assert.Empty(astray);
    }

    // The folder is in src, in bench, or a sample, which bears only the last part of the name.
    private static string Source(string project)
    {
        var name = project[..^".Tests".Length];
        string[] places = [Path.Combine("src", name), Path.Combine("bench", name), Path.Combine("samples", name.Split('.')[^1])];
        return places.Select(p => Path.Combine(Repository.Root, p)).FirstOrDefault(Directory.Exists) ?? Path.Combine(Repository.Root, places[0]);
    }

    private static IEnumerable<string> TestFiles(string project)
    {
        var root = Path.Combine(Repository.Root, "tests", project);
        return Repository.Files(root, "*.cs").Where(f => Case().IsMatch(File.ReadAllText(f))).Select(f => Path.GetRelativePath(root, f));
    }

    [GeneratedRegex(@"^\s*\[(Fact|Theory)\b", RegexOptions.Multiline)]
    private static partial Regex Case();

    [GeneratedRegex("^(.+)Tests\\.cs$")]
    private static partial Regex Name();
}
