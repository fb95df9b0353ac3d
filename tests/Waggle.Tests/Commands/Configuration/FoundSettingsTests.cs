using System.Text.Json;
using Waggle.Commands;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Commands.Configuration;

/// <summary>A <c>waggle.json</c> in the current folder, which may be part of a foreign repository.</summary>
public sealed class FoundSettingsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Here => Path.GetDirectoryName(_folder.File("x"))!;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("allow_origin", "http://evil.example")]
    [InlineData("allow_host", "evil.example")]
    [InlineData("host", "0.0.0.0")]
    [InlineData("otlp_endpoint", "http://evil.example:4317")]
    public async Task Found_by_chance_it_may_not_widen_access_and_named_it_may(string key, string value)
    {
        await WriteAsync(new Dictionary<string, object> { [key] = value, ["port"] = 0, ["data"] = "data" });
        var found = await EndAsync("serve");
        Assert.Equal(2, found.ExitCode);
        Assert.Equal("", found.Output);
        Assert.StartsWith($"waggle: waggle.json, key {key}: a settings file found in the current folder may not widen access.", Assert.Single(found.Error.Split('\n')), StringComparison.Ordinal);

        await using var named = Start("serve", "--config", "waggle.json", "--auth", "token");
        await named.Output.WaitAsync("ready ");
        await named.Error.WaitAsync(l => l.Contains($"waggle.json (named): ", StringComparison.Ordinal) && l.Contains($"Access that it allows: {key}={value}.", StringComparison.Ordinal));
    }

    [Fact]
    public void What_lets_in_people_or_pages_or_sends_data_elsewhere_counts_as_widening() => Assert.Equal(
        ["allow_host", "allow_origin", "audience", "auth", "embedder", "embedder_key_file", "host", "issuer", "jwks", "otlp_endpoint", "postgres", "runner", "tls_cert", "tls_key", "trusted_proxy"],
        new ServeSettings().All.Where(s => s.Widens).Select(s => s.Key).Order(StringComparer.Ordinal));

    [Fact]
    public async Task The_rest_of_it_counts_and_the_log_names_the_file_and_what_it_says()
    {
        await WriteAsync(new Dictionary<string, object> { ["port"] = 0, ["data"] = "elsewhere" });
        await using var hub = Start("serve");
        await hub.Output.WaitAsync("ready ");
        await hub.Error.WaitAsync(l => l.Contains(
            $"Settings from {Path.Combine(Here, "waggle.json")} (found in the current folder; it may not widen access): port=0, data=elsewhere. Access that it allows: none.", StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(Here, "elsewhere", "waggle.db")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_command_on_a_data_folder_takes_the_one_that_serve_would_take(bool byVariable)
    {
        if (byVariable) await WriteAsync(new Dictionary<string, object> { ["data"] = "of-file" });
        else await WriteAsync(new Dictionary<string, object> { ["data"] = "hub", ["allow_origin"] = "http://localhost:5173" });
        var variables = byVariable ? new Dictionary<string, string> { ["WAGGLE_DATA"] = "hub" } : [];
        await using (var hub = CliProcess.Start(null, ["serve", "--port", "0", "--data", "hub"], folder: Here, variables: new Dictionary<string, string> { ["WAGGLE_ALLOW_ORIGIN"] = "http://localhost:1" }))
        {
            await hub.Output.WaitAsync("ready ");
            hub.Signal(CliProcess.Terminate);
            await hub.EndAsync();
        }

        var hubs = Path.Combine(Here, "hub");
        Assert.Equal(hubs, (await JsonAsync(variables, "token", "create", "--subject", "ann", "--role", "admin", "--json")).GetProperty("data").GetString());
        Assert.True(File.Exists(Path.Combine(hubs, "token-key.json")));
        var doctor = await JsonAsync(variables, "doctor", "--json", "--port", "0");
        Assert.Contains(doctor.GetProperty("checks").EnumerateArray(), c => c.GetProperty("check").GetString() == "folder" && c.GetProperty("detail").GetString() == hubs);
        Assert.Equal(1, (await JsonAsync(variables, "backup", "b.db", "--json")).GetProperty("hives").GetArrayLength());
        Assert.False(Directory.Exists(Path.Combine(Here, "waggle-data")));
        Assert.False(Directory.Exists(Path.Combine(Here, "of-file")));
    }

    [Fact]
    public async Task A_misspelt_key_is_refused_by_all_of_them()
    {
        await WriteAsync(new Dictionary<string, object> { ["dta"] = "hub" });
        var ended = await EndAsync("token", "create", "--subject", "ann", "--role", "admin");
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("waggle.json, key dta: unknown setting", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restore_wants_its_folder_named()
    {
        var ended = await EndAsync("restore", "b.db");
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("Name the data folder: --data FOLDER, WAGGLE_DATA", ended.Error, StringComparison.Ordinal);
    }

    private Task WriteAsync(Dictionary<string, object> settings) => File.WriteAllTextAsync(_folder.File("waggle.json"), JsonSerializer.Serialize(settings));

    private CliProcess Start(params string[] arguments) => CliProcess.Start(null, arguments, folder: Here);

    private async Task<CliResult> EndAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        return await process.EndAsync();
    }

    private async Task<JsonElement> JsonAsync(Dictionary<string, string> variables, params string[] arguments)
    {
        await using var process = CliProcess.Start(null, arguments, variables: variables, folder: Here);
        var ended = await process.EndAsync();
        Assert.True(ended.ExitCode == 0, ended.Error + ended.Output);
        return ended.Json;
    }
}
