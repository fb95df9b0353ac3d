using System.Text;
using System.Text.Json.Nodes;
using Waggle.Server.Tests.Api;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Matrix;

/// <summary>
/// Every command with every wrong input, as a message and as a request: the same code and the same words, and the hub and what it holds are as before.
/// The command line has rows of its own, in tests/Waggle.Tests.
/// </summary>
public class Wrong_input_is_the_same_error_on_every_road
{
    [Fact]
    public async Task Commands()
    {
        await using var roads = await Roads.OpenAsync();
        foreach (var (task, attempt, token) in new[] { ("none", "1", "1"), (roads.Task, roads.Attempt, roads.Token) })
        {
            foreach (var command in WrongInputs.Commands.Select(c => roads.Aim(c, task, attempt, token)))
            {
                foreach (var (what, fields, code) in command.Wrongs()) await roads.SameAsync($"{command.Type} {what}", command, fields, code);
            }
        }
        await roads.UnchangedAsync();
    }

    [Fact]
    public async Task What_is_not_there()
    {
        await using var roads = await Roads.OpenAsync();
        foreach (var command in WrongInputs.Commands.Where(c => c.Fields.Values.Contains("\"none\"")))
        {
            await roads.SameAsync($"{command.Type} of nothing", command, command.Type == "task.complete" ? command.Fields.Where(f => f.Key != "result_ref").ToDictionary() : command.Fields, "NOT_FOUND");
        }
        await roads.UnchangedAsync();
    }

    [Fact]
    public async Task Tasks()
    {
        await using var roads = await Roads.OpenAsync();
        foreach (var (spec, code) in WrongInputs.Specs) await roads.SameAsync($"\"type\":\"task.create\",\"tasks\":[{spec}]", "POST", "/api/v1/tasks", $"[{spec}]", code);
        await roads.SameAsync("\"type\":\"task.create\",\"tasks\":[]", "POST", "/api/v1/tasks", "[]", "INVALID_REQUEST");
        var many = string.Join(',', Enumerable.Repeat("{\"title\":\"a\"}", 1001));
        await roads.SameAsync($"\"type\":\"task.create\",\"tasks\":[{many}]", "POST", "/api/v1/tasks", $"[{many}]", "INVALID_REQUEST");
        await roads.UnchangedAsync();
    }

    [Theory]
    [InlineData("\"topics\":[\"a..b\"]", "pattern=a..b", "INVALID_REQUEST")]
    [InlineData("\"topics\":[\"#.a\"]", "pattern=%23.a", "INVALID_REQUEST")]
    [InlineData("\"topics\":[\"a b\"]", "pattern=a%20b", "INVALID_REQUEST")]
    [InlineData("\"topics\":[\"#\"],\"since\":\"now\"", "since=now", "INVALID_REQUEST")]
    [InlineData("\"topics\":[\"#\"],\"since\":\"1:-1\"", "since=1:-1", "INVALID_REQUEST")]
    [InlineData("\"topics\":[\"#\"],\"since\":\"1:99999999999999999999\"", "since=1:99999999999999999999", "INVALID_REQUEST")]
    [InlineData("\"topics\":[\"#\"],\"sinse\":\"1:1\"", "sinse=1:1", "INVALID_REQUEST")]
    public async Task Subscriptions(string fields, string query, string code)
    {
        await using var roads = await Roads.OpenAsync();
        await roads.SameAsync($"\"type\":\"subscribe\",{fields}", "GET", $"/api/v1/events?{query}", null, code);
        (await roads.AskAsync("GET", $"/api/v1/events?{query}", null, ("Accept", "application/json"))).IsProblem(400, code);
        await roads.UnchangedAsync();
    }

    [Fact]
    public async Task A_body_that_is_not_UTF8_goes_to_nobody()
    {
        await using var roads = await Roads.OpenAsync();
        byte[] wrong = [.. "{\"title\":\"a\",\"input\":\""u8, 0xff, 0xfe, .. "\"}"u8];
        (await roads.AskAsync("POST", "/api/v1/tasks", wrong)).IsProblem(400, "MALFORMED_MESSAGE");
        (await roads.AskAsync("POST", "/api/v1/topics/app.x", [0x22, 0xc3, 0x28, 0x22])).IsProblem(400, "MALFORMED_MESSAGE");
        (await roads.AskAsync("POST", "/api/v1/tasks", Encoding.UTF8.GetBytes("{\"title\":\"a\""))).IsProblem(400, "MALFORMED_MESSAGE");
        await roads.UnchangedAsync();
    }

    /// <summary>A hub with one task at work, asked over both roads.</summary>
    private sealed class Roads : IAsyncDisposable
    {
        private readonly TestHub _hub;
        private readonly RawClient _worker;
        private readonly HttpClient _http;
        private string _before = "";

        private Roads(TestHub hub, RawClient worker)
        {
            _hub = hub;
            _worker = worker;
            _http = new HttpClient { BaseAddress = hub.Server.Url };
        }

        public string Task { get; private set; } = "";

        public string Attempt { get; private set; } = "";

        public string Token { get; private set; } = "";

        public static async Task<Roads> OpenAsync()
        {
            var hub = await TestHub.StartAsync();
            var roads = new Roads(hub, await hub.WorkerAsync("w1"));
            await roads._worker.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"a\",\"lease_ms\":600000}]");
            var assign = await roads._worker.NextAsync("assign");
            (roads.Task, roads.Attempt, roads.Token) = (assign.Text("task")!, $"{assign.Number("attempt")}", $"{assign.Number("token")}");
            roads._before = await roads.StateAsync();
            return roads;
        }

        public Ask Aim(Ask command, string task, string attempt, string token)
        {
            if (command.Fields.ContainsKey("task")) command = command.To("task", $"\"{task}\"");
            return command.Fields.ContainsKey("attempt") ? command.To("attempt", attempt).To("token", token) : command;
        }

        public Task SameAsync(string what, Ask command, IReadOnlyDictionary<string, string> fields, string? code)
        {
            var (path, body) = command.Request(fields, $"\"agent\":\"w1\",\"secret\":\"{TestHub.SecretOf("w1")}\"");

            // A request whose fields are all in its path has no body, and so nothing too many in it.
            var hasBody = command.Method is not ("GET" or "DELETE") && command.InBody.Any();
            return !hasBody && code != "NOT_FOUND" ? System.Threading.Tasks.Task.CompletedTask : SameAsync(command.Message(fields), command.Method, path, hasBody ? body : null, code, what);
        }

        public async Task SameAsync(string message, string method, string path, string? body, string? code, string? what = null)
        {
            what ??= message.Length <= 200 ? message : message[..200];
            var said = await _worker.AskAsync(message);
            Assert.True(said.Is("error"), $"{what} was taken: {said}");
            var answered = await AskAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body));
            Assert.True((int)answered.Status is >= 400 and < 500, $"{what}: {(int)answered.Status} {answered.Body.ToJsonString()}");
            Assert.True(said.Text("code") == answered.Text("code"), $"{what}: {said} but {answered.Body.ToJsonString()}");
            if (code is not null) Assert.True(code == said.Text("code"), $"{what}: {said}");
            Assert.True(said.Text("code") is not "INTERNAL", $"{what}: {said}");
            Assert.True(answered.Text("detail").Length is > 10 and < 1000, $"{what}: {answered.Text("detail")}");
        }

        public async Task<Answer> AskAsync(string method, string path, byte[]? body, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (body is not null) request.Content = new ByteArrayContent(body);
            foreach (var (name, value) in headers) request.Headers.Add(name, value);
            using var response = await _http.SendAsync(request);
            return await Answer.ReadAsync(response);
        }

        public async Task UnchangedAsync()
        {
            await _worker.EchoAsync();
            Assert.Equal(_before, await StateAsync());
        }

        public async ValueTask DisposeAsync()
        {
            _http.Dispose();
            await _hub.DisposeAsync();
        }

        private async Task<string> StateAsync()
        {
            var shown = new JsonArray();
            foreach (var path in new[] { "/api/v1/tasks", "/api/v1/swarms" }) shown.Add((await AskAsync("GET", path, null)).Body.DeepClone());
            return $"{_hub.Server.Hive.Head} {shown.ToJsonString()}";
        }
    }
}
