using System.Diagnostics;
using System.Text.RegularExpressions;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Packages;

/// <summary>All packages of the repository in a folder. The first test that needs them creates them.</summary>
public sealed partial class PackageFeed : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Lazy<Task> _packed;

    public PackageFeed() => _packed = new(PackAsync);

    /// <summary>The configuration of this build as the name of a folder: <c>debug</c>.</summary>
    public static string Configuration => Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    private string Packages => _folder.File("feed");

    public void Dispose() => _folder.Dispose();

    public async Task<string> PackagesAsync()
    {
        await _packed.Value;
        return Packages;
    }

    /// <summary>Creates a project with only the given files and these packages. Their dependencies come from the packages that this build restored.</summary>
    public async Task<string> NewProjectAsync(string name, string sdk, string[] packages, IReadOnlyDictionary<string, string> files)
    {
        await _packed.Value;
        var project = _folder.File(name);
        Directory.CreateDirectory(project);
        foreach (var (file, text) in files) await File.WriteAllTextAsync(Path.Combine(project, file), text);
        await File.WriteAllTextAsync(Path.Combine(project, "nuget.config"), Sources());
        await File.WriteAllTextAsync(Path.Combine(project, $"{name}.csproj"), $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <UseAppHost>false</UseAppHost>
              </PropertyGroup>
              <ItemGroup>{string.Concat(packages.Select(p => $"<PackageReference Include=\"{p}\" Version=\"*\" />"))}</ItemGroup>
            </Project>
            """);
        await DotnetAsync(project, null, "build", "-o", "out");
        return project;
    }

    /// <summary>Writes a nuget.config with this folder as the only source.</summary>
    public async Task<string> SourcesAsync()
    {
        await _packed.Value;
        return Sources();
    }

    /// <summary>Returns the blocks of code of a page as one text.</summary>
    public static string Samples(string page, string language = "csharp") => string.Join('\n', Fragments(page, language));

    /// <summary>Returns the blocks of code of a page one by one.</summary>
    public static string[] Fragments(string page, string language = "csharp") =>
        [.. Blocks().Matches(File.ReadAllText(Path.Combine(Checkout.Root, page))).Where(m => m.Groups[1].Value == language).Select(m => m.Groups[2].Value)];

    public static async Task<string> DotnetAsync(string folder, string? url, params string[] arguments)
    {
        using var process = StartDotnet(folder, url, arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10));
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

    public static Process StartDotnet(string folder, string? url, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        if (url is not null) start.Environment["WAGGLE_URL"] = url;
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        // A build server that outlives the test would keep its output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        return Process.Start(start)!;
    }

    private string Sources() => $"""
        <configuration>
          <packageSources><clear /><add key="local" value="{Packages}" /></packageSources>
          <fallbackPackageFolders><clear /><add key="restored" value="{Restored()}" /></fallbackPackageFolders>
          <config><add key="globalPackagesFolder" value="{_folder.File("packages")}" /></config>
        </configuration>
        """;

    private Task PackAsync() =>
        DotnetAsync(Checkout.Root, null, "msbuild", Path.Combine("eng", "packages.proj"), $"-p:Configuration={Configuration}", "-p:NoBuild=true", $"-p:Out={Packages}", "-v:quiet");

    private static string Restored() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder ? folder : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    [GeneratedRegex("^```([a-z]+)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Blocks();
}
