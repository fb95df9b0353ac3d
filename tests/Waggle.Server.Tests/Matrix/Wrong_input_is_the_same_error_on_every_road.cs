using System.Text;
using System.Text.Json;
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
    [InlineData("\"topics\":[\"\"]", "pattern=", "INVALID_REQUEST")]
    [InlineData("\"topics\":[\"#\"],\"since\":\"\"", "since=", "INVALID_REQUEST")]
    [InlineData("\"topics\":[\"#\"],\"filter\":\"\"", "filter=", "INVALID_REQUEST")]
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

    [Theory]
    [InlineData("swarm.list", "\"swarn\":\"x\"", "/swarms?swarn=x", "INVALID_REQUEST")]
    [InlineData("swarm.list", "\"limit\":5", "/swarms?limit=5", "INVALID_REQUEST")]
    [InlineData("agent.list", "\"swarn\":\"default\"", "/agents?swarn=default", "INVALID_REQUEST")]
    [InlineData("agent.list", "\"swarm\":\"default\",\"swarm\":\"default\"", "/agents?swarm=default&swarm=default", "INVALID_REQUEST")]
    [InlineData("agent.list", "\"swarm\":[\"default\",\"none\"]", "/agents?swarm=default&swarm=none", "INVALID_REQUEST")]
    [InlineData("agent.list", "\"swarm\":\"none\"", "/agents?swarm=none", "NOT_FOUND")]
    [InlineData("agent.list", "\"swarm\":\"../etc\"", "/agents?swarm=..%2Fetc", "NOT_FOUND")]
    [InlineData("agent.list", "\"swarm\":\"\\u0000\"", "/agents?swarm=%00", "NOT_FOUND")]
    [InlineData("agent.list", "\"swarm\":\"\"", "/agents?swarm=", "NOT_FOUND")]
    [InlineData("task.list", "\"swarn\":\"x\"", "/tasks?swarn=x", "INVALID_REQUEST")]
    [InlineData("task.list", "\"swarm\":\"a\",\"swarm\":\"b\"", "/tasks?swarm=a&swarm=b", "INVALID_REQUEST")]
    [InlineData("task.list", "\"states\":[\"lost\"]", "/tasks?state=lost", "INVALID_REQUEST")]
    [InlineData("task.list", "\"states\":[\"pending\",\"0\"]", "/tasks?state=pending,0", "INVALID_REQUEST")]
    [InlineData("task.list", "\"limit\":\"\"", "/tasks?limit=", "INVALID_REQUEST")]
    [InlineData("task.list", "\"cursor\":\"\"", "/tasks?cursor=", "INVALID_REQUEST")]
    [InlineData("task.list", "\"states\":[\"\"]", "/tasks?state=", "INVALID_REQUEST")]
    [InlineData("task.list", "\"states\":[0]", "/tasks?state=0", "INVALID_REQUEST")]
    [InlineData("task.list", "\"ascending\":\"up\"", "/tasks?sort=up", "INVALID_REQUEST")]
    [InlineData("task.list", "\"cursor\":\"next\"", "/tasks?cursor=next", "INVALID_REQUEST")]
    [InlineData("task.list", "\"cursor\":\"-1\"", "/tasks?cursor=-1", "INVALID_REQUEST")]
    [InlineData("task.list", "\"cursor\":\"1.5\"", "/tasks?cursor=1.5", "INVALID_REQUEST")]
    [InlineData("task.list", "\"cursor\":\"99999999999999999999\"", "/tasks?cursor=99999999999999999999", "INVALID_REQUEST")]
    [InlineData("task.list", "\"limit\":0", "/tasks?limit=0", "INVALID_REQUEST")]
    [InlineData("task.list", "\"limit\":-1", "/tasks?limit=-1", "INVALID_REQUEST")]
    [InlineData("task.list", "\"limit\":1001", "/tasks?limit=1001", "INVALID_REQUEST")]
    [InlineData("task.list", "\"limit\":1.5", "/tasks?limit=1.5", "INVALID_REQUEST")]
    [InlineData("task.list", "\"limit\":1e999", "/tasks?limit=1e999", "INVALID_REQUEST")]
    [InlineData("task.list", "\"limit\":99999999999", "/tasks?limit=99999999999", "INVALID_REQUEST")]
    [InlineData("task.list", "\"limit\":\"ten\"", "/tasks?limit=ten", "INVALID_REQUEST")]
    public async Task Lists(string type, string fields, string query, string code)
    {
        await using var roads = await Roads.OpenAsync();
        await roads.SameAsync($"\"type\":\"{type}\",{fields}", "GET", $"/api/v1{query}", null, code);
        await roads.UnchangedAsync();
    }

    [Theory]
    [InlineData("app..x", "1", "INVALID_REQUEST")]
    [InlineData("app.", "1", "INVALID_REQUEST")]
    [InlineData("app.a b", "1", "INVALID_REQUEST")]
    [InlineData("app.*", "1", "INVALID_REQUEST")]
    [InlineData("app.#", "1", "INVALID_REQUEST")]
    [InlineData("app.a/b", "1", "INVALID_REQUEST")]
    [InlineData("app.é", "1", "INVALID_REQUEST")]
    [InlineData("app", "1", "FORBIDDEN")]
    [InlineData("App.x", "1", "FORBIDDEN")]
    [InlineData("task.t1-1.completed", "{\"ok\":true}", "FORBIDDEN")]
    [InlineData("app.x", "{,}", "MALFORMED_MESSAGE")]
    [InlineData("app.x", "{\"a\":", "MALFORMED_MESSAGE")]
    [InlineData("app.x", "NaN", "MALFORMED_MESSAGE")]
    [InlineData("app.x", "1 2", "MALFORMED_MESSAGE")]
    public async Task Publishing(string topic, string data, string code)
    {
        await using var roads = await Roads.OpenAsync();
        await roads.SameAsync($"\"type\":\"publish\",\"topic\":{JsonSerializer.Serialize(topic)},\"data\":{data}", "POST", $"/api/v1/topics/{Uri.EscapeDataString(topic)}", data, code);
        await roads.UnchangedAsync();
    }

    [Fact]
    public async Task Publishing_what_is_long_or_deep()
    {
        await using var roads = await Roads.OpenAsync();
        var (topic, deep) = ($"app.{new string('x', 250)}", new string('[', 200) + new string(']', 200));
        await roads.SameAsync($"\"type\":\"publish\",\"topic\":\"{topic}\",\"data\":1", "POST", $"/api/v1/topics/{topic}", "1", "INVALID_REQUEST");
        await roads.SameAsync($"\"type\":\"publish\",\"topic\":\"app.x\",\"data\":{deep}", "POST", "/api/v1/topics/app.x", deep, "INVALID_REQUEST");
        await roads.UnchangedAsync();
    }

    [Fact]
    public async Task Renewals()
    {
        await using var roads = await Roads.OpenAsync();
        var held = roads.Aim(WrongInputs.Renewal, roads.Task, roads.Attempt, roads.Token);
        foreach (var renewal in new[] { WrongInputs.Renewal, held })
        {
            // An attempt -1 is a lease that is not in force.
            foreach (var (what, fields, code) in renewal.Wrongs().Where(w => !w.What.EndsWith(" -1", StringComparison.Ordinal))) await roads.SameAsync($"lease.renew {what}", renewal, fields, code);
        }

        foreach (var nothing in new[] { "null", "7", "[]", "\"x\"" })
            await roads.SameAsync($"\"type\":\"lease.renew\",\"leases\":[{nothing}]", "POST", $"/api/v1/leases/{roads.Task}/renew", nothing, "INVALID_REQUEST");
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
