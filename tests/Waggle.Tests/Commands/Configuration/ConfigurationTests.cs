using System.Text.Json;
using Waggle.Commands;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Commands.Configuration;

/// <summary>Settings from a file, the environment and flags, with real processes.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"port": 70000}""", "waggle.json, key port: '70000' is not a whole number from 0 to 65535.")]
    [InlineData("""{"lease_ms": "soon"}""", "waggle.json, key lease_ms: 'soon' is not a whole number from 100 to 86400000.")]
    [InlineData("""{"sync": "perhaps"}""", "waggle.json, key sync: 'perhaps' is not one of: full, normal.")]
    [InlineData("""{"base_path": "waggle"}""", "waggle.json, key base_path: 'waggle' is not a path such as /waggle, without a slash at its end")]
    [InlineData("""{"prot": 1}""", "waggle.json, key prot: unknown setting; valid settings: ")]
    [InlineData("""{"port": """, "waggle.json cannot be read: ")]
    public async Task A_bad_file_is_one_line_that_says_where_what_and_why(string text, string expected)
    {
        var file = _folder.File("waggle.json");
        await File.WriteAllTextAsync(file, text);
        await RefusedAsync(expected, [], "--config", file);
    }

    [Fact]
    public Task A_file_that_is_not_there_is_refused() => RefusedAsync("cannot be read", [], "--config", _folder.File("none.json"));

    [Fact]
    public Task A_bad_variable_is_named() => RefusedAsync(
        "waggle: environment variable WAGGLE_TASK_RETENTION 'long' is not a duration such as", new() { ["WAGGLE_TASK_RETENTION"] = "long" });

    [Theory]
    [InlineData("9m59s")]
    [InlineData("599s")]
    [InlineData("0s")]
    public Task A_retention_that_could_delete_a_file_in_use_is_refused(string text) => RefusedAsync(
        $"waggle: --blob-retention '{text}' is not a duration such as 500ms, 45s, 90m, 12h or 30d of at least 10m.", [], "--blob-retention", text);

    [Fact]
    public Task A_bad_flag_is_named() => RefusedAsync("waggle: --allow-origin 'here' is not an origin", [], "--allow-origin", "here");

    [Fact]
    public async Task The_flag_wins_over_the_variable_and_the_variable_over_the_file_and_logs_are_JSON_when_asked()
    {
        var file = _folder.File("waggle.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { port = 0, data = _folder.File("of-file"), host = "127.0.0.1", log_format = "text", allow_origin = new[] { "http://localhost:5173" } }));
        await using var hub = CliProcess.Start(null, ["serve", "--config", file, "--data", _folder.File("of-flag")], variables: new Dictionary<string, string>
        {
            ["WAGGLE_DATA"] = _folder.File("of-variable"),
            ["WAGGLE_LOG_FORMAT"] = "json",
        });
        await hub.Output.WaitAsync("ready http://127.0.0.1:");
        hub.Signal(CliProcess.Terminate);
        var ended = await hub.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.True(Directory.Exists(_folder.File("of-flag")));
        Assert.False(Directory.Exists(_folder.File("of-variable")));
        var lines = ended.Error.Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal("Waggle.Settings", lines[0].GetProperty("Category").GetString());
        var line = lines[1];
        Assert.Equal("Waggle.Hive", line.GetProperty("Category").GetString());
        Assert.Equal("default", line.GetProperty("State").GetProperty("Hive").GetString());
    }

    [Fact]
    public void The_page_has_a_row_for_each_setting()
    {
        var rows = new ServeSettings().All.Select(s => $"| `{s.Key}` | `{s.Variable}` | `{s.Flag}` | {(s.Standard.Length > 0 ? $"`{s.Standard}`" : "–")} | {s.Meaning.Replace("|", "\\|", StringComparison.Ordinal)} |").ToArray();
        var page = File.ReadLines(Path.Combine(Checkout.Root, "docs", "configuration.md")).Where(l => l.StartsWith("| `", StringComparison.Ordinal)).ToArray();
        Assert.True(rows.SequenceEqual(page), $"docs/configuration.md should have these rows:\n{string.Join('\n', rows)}");
    }

    private static async Task RefusedAsync(string expected, Dictionary<string, string> variables, params string[] arguments)
    {
        await using var hub = CliProcess.Start(null, ["serve", .. arguments], variables: variables);
        var ended = await hub.EndAsync();
        Assert.Equal(2, ended.ExitCode);
        Assert.Equal("", ended.Output);
        Assert.Contains(expected, Assert.Single(ended.Error.Split('\n')), StringComparison.Ordinal);
    }
}
