using System.Globalization;
using Waggle.Core;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Endpoints;

public sealed class MetricsEndpointTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("waggle-metrics-").FullName;
    private WaggleServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await WaggleServer.StartAsync(new WaggleServerOptions { Port = 0, DataFolder = _folder });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_the_hive_did_is_counted_once()
    {
        var by = Principal.Local("default", "test");
        var create = new CreateTasks([new TaskSpec { Title = "one" }, new TaskSpec { Title = "two" }]) { By = by };
        Assert.Null((await _server.Hive.AskAsync(create, default)).Error);
        Assert.NotNull((await _server.Hive.AskAsync(new CancelTask("no-such", null, Force: false) { By = by }, default)).Error);

        // The answers come before the turn's figures.
        await Eventually.Async(async () => Value(await ReadAsync(), "waggle_task_created_total") == 2, "the tasks are counted");
        var text = await ReadAsync();
        Assert.Equal(2, Value(text, "waggle_task_open{state=\"pending\"}"));
        Assert.Equal(1, Value(text, "waggle_hive_commands_total{code=\"OK\",kind=\"create_tasks\"}"));
        Assert.Equal(1, Value(text, "waggle_hive_commands_total{code=\"NOT_FOUND\",kind=\"cancel_task\"}"));
        Assert.Equal(0, Value(text, "waggle_hive_inbox_depth"));
        Assert.True(Value(text, "waggle_hive_commit_duration_seconds_count") >= 1);
        Assert.True(Value(text, "waggle_store_sync_duration_seconds_sum") > 0);
        Assert.True(Value(text, "waggle_store_size_bytes") > 0);
    }

    [Fact]
    public async Task The_page_names_what_is_served_and_nothing_else()
    {
        var served = Rows(await ReadAsync());
        var page = File.ReadLines(Path.Combine(Root(), "docs", "metrics.md")).Where(l => l.StartsWith("| `", StringComparison.Ordinal)).ToArray();
        Assert.True(served.Order(StringComparer.Ordinal).SequenceEqual(page.Order(StringComparer.Ordinal)), $"docs/metrics.md should have these rows:\n{string.Join('\n', served)}");
    }

    private async Task<string> ReadAsync()
    {
        using var http = new HttpClient { BaseAddress = _server.Url };
        var response = await http.GetAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        return await response.Content.ReadAsStringAsync();
    }

    private static double? Value(string text, string series) => text.Split('\n').FirstOrDefault(l => l.StartsWith(series + " ", StringComparison.Ordinal)) is { } line
        ? double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture)
        : null;

    private static string[] Rows(string text)
    {
        var lines = text.Split('\n');
        return [.. lines.Where(l => l.StartsWith("# HELP ", StringComparison.Ordinal)).Select(help =>
        {
            var (name, meaning) = (help.Split(' ')[2], string.Join(' ', help.Split(' ')[3..]));
            var type = lines.First(l => l.StartsWith($"# TYPE {name} ", StringComparison.Ordinal)).Split(' ')[3];
            return $"| `{name}` | {type} | {UnitOf(name)} | {meaning} |";
        })];
    }

    private static string UnitOf(string name) =>
        name.Replace("_total", "", StringComparison.Ordinal) is var bare && bare.EndsWith("_seconds", StringComparison.Ordinal) ? "seconds"
        : bare.EndsWith("_bytes", StringComparison.Ordinal) ? "bytes" : "count";

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Waggle.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
