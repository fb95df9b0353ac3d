using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Packages;

/// <summary>What a stranger does with the SDK: a new console project, the package from a feed, the README's samples, a hub.</summary>
public sealed partial class ClientPackageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static string Root { get; } = RootAbove(AppContext.BaseDirectory);

    // The build that the tests themselves were made of.
    private static string Configuration => Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    private string Feed => _folder.File("feed");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_samples_of_its_README_run_in_a_new_project_that_has_the_package()
    {
        await Task.WhenAll(PackAsync("Waggle.Protocol"), PackAsync("Waggle.Client"));
        var project = _folder.File("sample");
        Directory.CreateDirectory(project);
        await File.WriteAllTextAsync(Path.Combine(project, "Program.cs"), Samples());
        await File.WriteAllTextAsync(Path.Combine(project, "nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="local" value="{Feed}" /></packageSources>
              <config><add key="globalPackagesFolder" value="{_folder.File("packages")}" /></config>
            </configuration>
            """);
        await File.WriteAllTextAsync(Path.Combine(project, "sample.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <UseAppHost>false</UseAppHost>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="Waggle.Client" Version="*" /></ItemGroup>
            </Project>
            """);
        await DotnetAsync(project, null, "build", "-o", "out");

        await using var hub = CliProcess.Start(null, ["serve", "--port", "0", "--data", _folder.File("data")]);
        var url = (await hub.Output.WaitAsync("ready ")).Split(' ')[1];
        var said = await DotnetAsync(project, url, Path.Combine("out", "sample.dll"));
        Assert.Equal(["connected to default", "Completed: {\"words\":5}"], said.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(l => !l.Contains("ended at", StringComparison.Ordinal)));
        Assert.Contains("Count the words ended at ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_brings_its_documentation_its_licence_and_its_symbols()
    {
        await PackAsync("Waggle.Client");
        await using var package = await ZipFile.OpenReadAsync(Directory.GetFiles(Feed, "Waggle.Client.*.nupkg").Single());
        Assert.Superset(
            new HashSet<string> { "README.md", "lib/net10.0/Waggle.Client.dll", "lib/net10.0/Waggle.Client.xml" },
            package.Entries.Select(e => e.FullName).ToHashSet());
        using var text = new StreamReader(await package.GetEntry("Waggle.Client.nuspec")!.OpenAsync());
        var spec = await text.ReadToEndAsync();
        Assert.Contains("""<license type="expression">MIT</license>""", spec, StringComparison.Ordinal);
        Assert.Contains("""<dependency id="Waggle.Protocol" """, spec, StringComparison.Ordinal);
        await using var symbols = await ZipFile.OpenReadAsync(Directory.GetFiles(Feed, "Waggle.Client.*.snupkg").Single());
        Assert.Contains(symbols.Entries, e => e.FullName == "lib/net10.0/Waggle.Client.pdb");
    }

    private Task<string> PackAsync(string project) =>
        DotnetAsync(Root, null, "pack", Path.Combine("src", project), "--no-build", "-c", Configuration, "-o", Feed);

    private static string Samples() => string.Join('\n', Blocks().Matches(File.ReadAllText(Path.Combine(Root, "src/Waggle.Client/README.md"))).Select(m => m.Groups[1].Value));

    private static async Task<string> DotnetAsync(string folder, string? url, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        if (url is not null) start.Environment["WAGGLE_URL"] = url;
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        // A build server that outlives the test would hold its output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: exit code {process.ExitCode}\n{await output}{await error}");
        return await output;
    }

    private static string RootAbove(string folder) =>
        File.Exists(Path.Combine(folder, "Waggle.slnx")) ? folder : RootAbove(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No Waggle.slnx above the tests."));

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Blocks();
}
