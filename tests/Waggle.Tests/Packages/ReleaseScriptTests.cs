using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Packages;

/// <summary>The parts of <c>eng/release</c>: the notes, the notices, and the errors before it builds.</summary>
public sealed partial class ReleaseScriptTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1.1.0", "# Waggle 1.1.0\n\n### Added\n- Bees.\n")]
    [InlineData("v1.0.0", "# Waggle 1.0.0\n\n- The first.\n")]
    public async Task The_notes_of_a_version_are_its_section_of_the_changelog(string version, string notes)
    {
        var changelog = Write("CHANGELOG.md", "# Changelog\n\n## Unreleased\n- Later.\n\n## [1.1.0] - 2026-11-29\n### Added\n- Bees.\n\n## 1.0.0\n\n- The first.\n");
        Assert.Equal((0, notes), await RunAsync("notes", "--changelog", changelog, version));
    }

    [Theory]
    [InlineData("## Unreleased\n- Later.\n", "no section '## 2.0.0'")]
    [InlineData("## 2.0.0\n\n## 1.0.0\n- The first.\n", "lists no change")]
    public async Task A_version_without_changes_has_no_notes(string changelog, string says)
    {
        var (code, said) = await RunAsync("notes", "--changelog", Write("CHANGELOG.md", changelog), "2.0.0");
        Assert.Equal(1, code);
        Assert.Contains(says, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_notices_name_each_package_whose_files_the_build_ships_and_print_its_licence()
    {
        var deps = Path.Combine(AppContext.BaseDirectory, "waggle.deps.json");
        var (code, said) = await RunAsync("notices", deps);
        Assert.True(code == 0, said);
        var shipped = LibraryEntry().Matches(await File.ReadAllTextAsync(deps)).Select(m => m.Groups[1].Value.Replace('/', ' ')).ToArray();
        Assert.Contains(shipped, p => p.StartsWith("SourceGear.sqlite3 ", StringComparison.Ordinal));
        Assert.All(shipped, p => Assert.Contains($"\n{p}\n", said, StringComparison.Ordinal));
        Assert.Contains("Permission is hereby granted, free of charge", said, StringComparison.Ordinal);
        Assert.Contains("Version 2.0, January 2004", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_bill_of_materials_has_each_package_whose_files_the_build_ships()
    {
        var bill = _folder.File("waggle.cdx.json");
        var (code, said) = await RunAsync("sbom", bill);
        Assert.True(code == 0, said);
        var listed = JsonDocument.Parse(await File.ReadAllTextAsync(bill)).RootElement.GetProperty("components").EnumerateArray()
            .Select(c => $"{c.GetProperty("name")}/{c.GetProperty("version")}").ToHashSet(StringComparer.Ordinal);
        var shipped = LibraryEntry().Matches(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "waggle.deps.json"))).Select(m => m.Groups[1].Value).ToArray();
        Assert.NotEmpty(shipped);
        Assert.All(shipped, p => Assert.Contains(p, listed));
    }

    [Theory]
    [InlineData("", "names neither a licence file nor an expression")]
    [InlineData("<license type=\"expression\">Unheard-Of-1.0</license>", "no text for the licence Unheard-Of-1.0")]
    [InlineData("<license type=\"file\">LICENSE.txt</license>", "its licence file LICENSE.txt is missing")]
    public async Task A_package_without_a_licence_is_refused(string licence, string says)
    {
        Write("packages/some.thing/1.0.0/some.thing.nuspec", $"<package><metadata><id>Some.Thing</id><version>1.0.0</version><authors>Ann</authors>{licence}</metadata></package>");
        var (code, said) = await RunAsync("notices", "--packages", _folder.File("packages"), Write("some.deps.json", Deps));
        Assert.Equal(1, code);
        Assert.Contains($"Some.Thing 1.0.0: ", said, StringComparison.Ordinal);
        Assert.Contains(says, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_licence_file_is_printed_and_a_package_without_files_of_its_own_is_left_out()
    {
        Write("packages/some.thing/1.0.0/some.thing.nuspec", "<package><metadata><id>Some.Thing</id><version>1.0.0</version><authors>Ann</authors><license type=\"file\">LICENSE.txt</license></metadata></package>");
        Write("packages/some.thing/1.0.0/LICENSE.txt", "Do as you like.");
        var (code, said) = await RunAsync("notices", "--packages", _folder.File("packages"), Write("some.deps.json", Deps));
        Assert.True(code == 0, said);
        Assert.Contains("Some.Thing 1.0.0\n  Ann\n  Licence: its own (LICENSE.txt)\n", said, StringComparison.Ordinal);
        Assert.EndsWith("\n\nDo as you like.\n", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Only.Builds", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name a version")]
    [InlineData("'1.0' is not a semantic version", "1.0")]
    [InlineData("'plan9-x64' is not a platform", "1.0.0", "plan9-x64")]
    [InlineData("'--all' is no option", "--all")]
    public async Task A_release_refuses_what_it_does_not_understand(string says, params string[] arguments)
    {
        var (code, said) = await RunAsync("release", arguments);
        Assert.Equal(2, code);
        Assert.Contains(says, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_needs_the_tag_of_its_version()
    {
        Require.Tool("git", "--version");
        var (code, said) = await RunAsync("release", "999.0.0");
        Assert.Equal(1, code);
        Assert.Contains("there is no tag v999.0.0", said, StringComparison.Ordinal);
    }

    private const string Deps = """
        {
          "targets": { ".NETCoreApp,Version=v10.0": {
            "Some.Thing/1.0.0": { "runtime": { "lib/net10.0/Some.Thing.dll": {} } },
            "Only.Builds/1.0.0": { "dependencies": { "Some.Thing": "1.0.0" } },
            "waggle/1.0.0": { "runtime": { "waggle.dll": {} } } } },
          "libraries": { "Some.Thing/1.0.0": { "type": "package" }, "Only.Builds/1.0.0": { "type": "package" }, "waggle/1.0.0": { "type": "project" } }
        }
        """;

    private string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        File.WriteAllText(_folder.File(name), text);
        return _folder.File(name);
    }

    private static async Task<(int Code, string Said)> RunAsync(string script, params IEnumerable<string> arguments)
    {
        Require.Tool("python3", "--version");
        var start = new ProcessStartInfo(Path.Combine(Checkout.Root, "eng", script), arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    [GeneratedRegex("""^    "([^"]+/[^"]+)": \{\s+"type": "package",""", RegexOptions.Multiline)]
    private static partial Regex LibraryEntry();
}
