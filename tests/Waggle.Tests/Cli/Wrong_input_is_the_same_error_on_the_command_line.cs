using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Waggle.Tests.Cli;

/// <summary>
/// The wrong inputs of the tests over WebSocket and REST (tests/Waggle.Server.Tests/Matrix), given on the command line: the same code, the same message.
/// </summary>
public sealed class Wrong_input_is_the_same_error_on_the_command_line : IAsyncLifetime
{
    // Each input runs a process, and a machine has few processors.
    private const int AtOnce = 4;

    private static readonly string Long = new('x', 20_000);

    // Each with the request that causes the same error at the hub.
    private static readonly Said[] ByTheHub =
    [
        new(["swarm", "create", ""], "INVALID_REQUEST", "POST", "/swarms", """{"name":""}"""),
        new(["swarm", "create", "n", "--id", "a.b"], "INVALID_REQUEST", "POST", "/swarms", """{"name":"n","id":"a.b"}"""),
        new(["swarm", "show", "a b"], "NOT_FOUND", "GET", "/swarms/a%20b"),
        new(["swarm", "stop", "none"], "NOT_FOUND", "POST", "/swarms/none/stop"),
        new(["agent", "list", "--swarm", "none"], "NOT_FOUND", "GET", "/agents?swarm=none"),
        new(["agent", "drain", "none"], "NOT_FOUND", "POST", "/agents/none/drain"),
        new(["agent", "remove", "none"], "NOT_FOUND", "DELETE", "/agents/none"),
        new(["task", "show", "none"], "NOT_FOUND", "GET", "/tasks/none"),
        new(["task", "retry", "{task}"], "INVALID_STATE", "POST", "/tasks/{task}/retry"),
        new(["task", "cancel", "{task}", "--reason", Long], "TOO_LARGE", "POST", "/tasks/{task}/cancel", $$"""{"reason":"{{Long}}"}"""),
        new(["task", "priority", "{task}", "0"], "INVALID_REQUEST", "PUT", "/tasks/{task}/priority", """{"priority":0}"""),
        new(["task", "create", "   "], "INVALID_REQUEST", "POST", "/tasks", """{"title":"   "}"""),
        new(["task", "create", Long], "INVALID_REQUEST", "POST", "/tasks", $$"""{"title":"{{Long}}"}"""),
        new(["task", "create", "a", "--swarm", "none"], "NOT_FOUND", "POST", "/tasks", """{"title":"a","swarm":"none"}"""),
        new(["task", "create", "a", "--type", "a b"], "INVALID_REQUEST", "POST", "/tasks", """{"title":"a","type":"a b"}"""),
        new(["task", "create", "a", "--assign-to", "a.b"], "INVALID_REQUEST", "POST", "/tasks", """{"title":"a","assign_to":"a.b"}"""),
        new(["task", "create", "a", "--depends-on", "none"], "NOT_FOUND", "POST", "/tasks", """{"title":"a","depends_on":["none"]}"""),
        new(["task", "create", "a", "--idempotency-key", "retry:1"], "INVALID_REQUEST", "POST", "/tasks", """{"title":"a","idempotency_key":"retry:1"}"""),
        new(["task", "create", "a", "--lease-ms", "-1"], "INVALID_REQUEST", "POST", "/tasks", """{"title":"a","lease_ms":-1}"""),
        new(["task", "create", "a", "--max-attempts", "0"], "INVALID_REQUEST", "POST", "/tasks", """{"title":"a","max_attempts":0}"""),
    ];

    // Errors that the command line detects itself, with their messages.
    private static readonly (string[] Arguments, string Why)[] BeforeTheHub =
    [
        (["task", "create", "a", "--priority", "1.5"], "'1.5'"),
        (["task", "create", "a", "--priority", "99999999999"], "'99999999999'"),
        (["task", "create", "a", "--requires", "x:2"], "'x:2': the part after the colon must be a proficiency from 0 to 1"),
        (["task", "create", "a", "--requires", "x y:0.5"], "'x y'"),
        (["task", "create", "a", "--join", "some"], "all_completed"),
        (["task", "create", "a", "--metadata", "=v"], "'=v' is not key=value"),
        (["task", "create", "a", "--input", $"{new string('[', 200)}{new string(']', 200)}"], "--input"),
        (["watch", "#.a"], "'#.a' is not a topic or pattern"),
        (["watch", "--since", "1:99999999999999999999"], "is not a position"),
        (["worker", "--exec", "true", "--slots", "0"], "--slots '0' is not a whole number from 1"),
    ];

    private readonly TempFolder _folder = new();
    private readonly HttpClient _http = new();
    private CliProcess _hub = null!;
    private string _task = "";

    public async ValueTask InitializeAsync()
    {
        _hub = CliProcess.Start(null, ["serve", "--port", "0", "--data", _folder.File("data"), "--sync", "normal"]);
        _http.BaseAddress = new Uri((await _hub.Output.WaitAsync("ready "))["ready ".Length..]);
        using var made = await _http.PostAsJsonAsync("/api/v1/tasks", new { title = "waits" });
        _task = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    [Fact]
    public async Task The_hub_says_the_same_to_the_command_line_and_to_a_request()
    {
        var before = await StateAsync();
        await AllAsync(ByTheHub, async said =>
        {
            var ended = await RunAsync(said.Arguments);
            var (code, detail) = await AskAsync(said);
            Assert.True((1, "", $"waggle: {detail} ({said.Code})") == (ended.ExitCode, ended.Output, WithoutAdvice(ended.Error)), $"{Short(said.Arguments)}: {ended.ExitCode} {ended.Error}, but {code} {detail}");
            Assert.Equal(said.Code, code);
            Assert.InRange(detail.Length, 10, 1000);
        });
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task What_never_gets_to_the_hub_is_a_usage_error()
    {
        var before = await StateAsync();
        await AllAsync(BeforeTheHub, async wrong =>
        {
            var ended = await RunAsync(wrong.Arguments);
            Assert.True((2, "") == (ended.ExitCode, ended.Output), $"{Short(wrong.Arguments)}: {ended.ExitCode} {ended.Error}");
            Assert.True(ended.Error.StartsWith("waggle: ", StringComparison.Ordinal) && ended.Error.Contains(wrong.Why, StringComparison.Ordinal), $"{Short(wrong.Arguments)}: {ended.Error}");
            Assert.InRange(ended.Error.Split('\n').Length, 1, 1);
            Assert.InRange(ended.Error.Length, 20, 1000);
        });
        Assert.Equal(before, await StateAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _hub.DisposeAsync();
        _folder.Dispose();
    }

    private static Task AllAsync<T>(IEnumerable<T> rows, Func<T, Task> hold) =>
        Parallel.ForEachAsync(rows, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (row, _) => await hold(row));

    // Only the command line names the command that lists the ids.
    private static string WithoutAdvice(string error) => Regex.Replace(error, " Run 'waggle [a-z ]+' to see the [a-z ]+\\.", "");

    private static string Short(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(a => a.Length <= 40 ? a : a[..40] + "…"));

    private Task<CliResult> RunAsync(string[] arguments) => CliProcess.RunAsync(_http.BaseAddress!.ToString(), [.. arguments.Select(a => a.Replace("{task}", _task, StringComparison.Ordinal))]);

    private async Task<(string? Code, string Detail)> AskAsync(Said said)
    {
        using var request = new HttpRequestMessage(new HttpMethod(said.Method), "/api/v1" + said.Path.Replace("{task}", _task, StringComparison.Ordinal));
        if (said.Body is not null) request.Content = new StringContent(said.Body, Encoding.UTF8);
        using var answer = await _http.SendAsync(request);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (problem.GetProperty("code").GetString(), problem.GetProperty("detail").GetString()!);
    }

    /// <summary>Returns the content of the hub, and the position of its log.</summary>
    private async Task<string> StateAsync()
    {
        var state = new StringBuilder();
        foreach (var kind in new[] { "tasks", "swarms", "agents" })
        {
            using var answer = await _http.GetAsync(new Uri($"/api/v1/{kind}", UriKind.Relative));
            answer.EnsureSuccessStatusCode();
            state.AppendLine(answer.Headers.GetValues("Waggle-Position").Single()).AppendLine(await answer.Content.ReadAsStringAsync());
        }

        return state.ToString();
    }

    private sealed record Said(string[] Arguments, string Code, string Method, string Path, string? Body = null);
}
