using System.IO.Compression;
using Waggle.Tests.Cli;

[assembly: AssemblyFixture(typeof(Waggle.Tests.Packages.PackageFeed))]

namespace Waggle.Tests.Packages;

/// <summary>The first steps of a user of the SDK: a new console project, the package from a feed, the samples of the README, a hub.</summary>
public sealed class ClientPackageTests(PackageFeed feed)
{
    [Fact]
    public async Task The_samples_of_its_README_run_in_a_new_project_that_has_the_package()
    {
        var project = await feed.NewProjectAsync("sample", "Microsoft.NET.Sdk", ["Waggle.Client"], new Dictionary<string, string> { ["Program.cs"] = PackageFeed.Samples("src/Waggle.Client/README.md") });

        // Other documented commands use the name of the README's agent, too.
        await using var hub = new HubFixture();
        var said = await PackageFeed.DotnetAsync(project, await hub.UrlAsync(), Path.Combine("out", "sample.dll"));
        Assert.Equal(["connected to default", "Completed: {\"words\":5}"], said.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(l => !l.Contains("ended at", StringComparison.Ordinal)));
        Assert.Contains("Count the words ended at ", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Waggle.Client", "Waggle.Protocol", true)]
    [InlineData("Waggle.SocketIO", "Waggle.Delivery", true)]
    [InlineData("Waggle.Server", "Waggle.Dialects", true)]
    [InlineData("Waggle.Delivery", "Waggle.Transport", false)]
    public async Task A_package_brings_its_documentation_its_licence_and_its_symbols(string name, string needs, bool hasReadme)
    {
        await using var package = await ZipFile.OpenReadAsync(await FileAsync(name, "nupkg"));
        HashSet<string> expected = [$"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml"];
        if (hasReadme) expected.Add("README.md");
        Assert.Superset(expected, package.Entries.Select(e => e.FullName).ToHashSet());
        using var text = new StreamReader(await package.GetEntry($"{name}.nuspec")!.OpenAsync());
        var spec = await text.ReadToEndAsync();
        Assert.Contains("""<license type="expression">MIT</license>""", spec, StringComparison.Ordinal);
        Assert.Contains($"""<dependency id="{needs}" """, spec, StringComparison.Ordinal);
        await using var symbols = await ZipFile.OpenReadAsync(await FileAsync(name, "snupkg"));
        Assert.Contains(symbols.Entries, e => e.FullName == $"lib/net10.0/{name}.pdb");
    }

    private async Task<string> FileAsync(string name, string extension) =>
        Directory.GetFiles(await feed.PackagesAsync(), $"{name}.*.{extension}").Single(f => char.IsAsciiDigit(Path.GetFileName(f)[name.Length + 1]));
}
