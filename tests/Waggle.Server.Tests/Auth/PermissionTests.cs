using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Auth;

/// <summary>The permissions of every message and every path, by every role.</summary>
public sealed class PermissionTests : IAsyncLifetime
{
    private const string Lease = "\"task\":\"t0-0\",\"attempt\":1,\"token\":1";

    // The permission that each message needs. The other fields are such that without the permission no other answer is possible.
    private static readonly Dictionary<string, (string Needs, string Fields)> Messages = new(StringComparer.Ordinal)
    {
        ["subscribe"] = ("read:tasks", "\"topics\":[\"task.#\"]"),
        ["publish"] = ("write:app", "\"topic\":\"app.x\""),
        ["swarm.create"] = ("write:swarms", "\"name\":\"x\""),
        ["swarm.list"] = ("read:swarms", ""),
        ["swarm.show"] = ("read:swarms", "\"swarm\":\"default\""),
        ["swarm.set_topology"] = ("write:swarms", "\"swarm\":\"none\",\"topology\":{\"kind\":\"ring\"}"),
        ["swarm.set_quota"] = ("admin:system", "\"swarm\":\"none\",\"quota\":{\"agents\":1}"),
        ["swarm.topology"] = ("read:swarms", "\"swarm\":\"none\""),
        ["agent.send"] = ("write:agents", "\"agent\":\"x\",\"content\":1"),
        ["message.acknowledge"] = ("work:tasks", "\"messages\":[\"x\"]"),
        ["agent.list"] = ("read:agents", ""),
        ["agent.show"] = ("read:agents", "\"agent\":\"x\""),
        ["agent.remove"] = ("write:agents", "\"agent\":\"x\""),
        ["agent.drain"] = ("write:agents", "\"agent\":\"x\""),
        ["agent.resume"] = ("write:agents", "\"agent\":\"x\""),
        ["agent.spawn"] = ("write:runners", "\"role\":\"x\""),
        ["agent.stop"] = ("write:runners", "\"agent\":\"x\""),
        ["agent.health"] = ("work:tasks", "\"healthy\":true"),
        ["agent.metrics"] = ("work:tasks", "\"metrics\":{\"x\":{\"value\":1}}"),
        ["agent.log"] = ("work:tasks", "\"entries\":[{\"level\":\"info\",\"message\":\"x\"}]"),
        ["agent.reports"] = ("read:agents", "\"agent\":\"x\""),
        ["spawn.list"] = ("read:agents", ""),
        ["spawn.show"] = ("read:agents", "\"spawn\":\"x\""),
        ["runner.list"] = ("read:agents", ""),
        ["runner.attach"] = ("work:runners", "\"runner\":\"x\",\"instance\":\"at least sixteen letters\",\"max_agents\":1,\"templates\":[{\"role\":\"x\",\"max_count\":1}]"),
        ["task.create"] = ("write:tasks", "\"tasks\":[{\"title\":\"x\"}]"),
        ["task.list"] = ("read:tasks", ""),
        ["task.show"] = ("read:tasks", "\"task\":\"t0-0\""),
        ["task.logs"] = ("read:tasks", "\"task\":\"t0-0\""),
        ["task.cancel"] = ("write:tasks", "\"task\":\"t0-0\""),
        ["task.assign"] = ("write:tasks", "\"task\":\"t0-0\",\"agent\":\"a\""),
        ["task.set_priority"] = ("write:tasks", "\"task\":\"t0-0\",\"priority\":1"),
        ["task.retry"] = ("write:tasks", "\"task\":\"t0-0\""),
        ["task.start"] = ("work:tasks", Lease),
        ["task.progress"] = ("work:tasks", Lease + ",\"progress\":0.5"),
        ["task.log"] = ("work:tasks", Lease + ",\"lines\":[]"),
        ["task.usage"] = ("work:tasks", Lease + ",\"usage\":{\"input_tokens\":1}"),
        ["task.complete"] = ("work:tasks", Lease),
        ["task.fail"] = ("work:tasks", Lease + ",\"error\":{\"code\":\"X\",\"message\":\"x\"}"),
        ["task.refuse"] = ("work:tasks", Lease),
        ["task.release"] = ("work:tasks", Lease),
        ["task.cancelled"] = ("work:tasks", Lease),
        ["task.ask"] = ("work:tasks", Lease + ",\"question\":{\"text\":\"x\"}"),
        ["task.checkpoint"] = ("work:tasks", Lease + ",\"checkpoint\":1"),
        ["task.answer"] = ("write:questions", "\"question\":\"q0\",\"answer\":1"),
        ["question.show"] = ("read:tasks", "\"question\":\"q0\""),
        ["question.list"] = ("read:tasks", ""),
        ["swarm.pause"] = ("write:swarms", "\"swarm\":\"none\""),
        ["swarm.resume"] = ("write:swarms", "\"swarm\":\"none\""),
        ["swarm.stop"] = ("write:swarms", "\"swarm\":\"none\""),
        ["lease.renew"] = ("work:tasks", "\"leases\":[]"),
        ["presence.set"] = ("read:presence", "\"status\":\"away\""),
        ["chat.open"] = ("write:chat", ""),
        ["chat.post"] = ("write:chat", "\"conversation\":\"none\",\"content\":\"x\""),
        ["notification.send"] = ("write:notifications", "\"level\":\"info\",\"message\":\"x\""),
        ["notification.seen"] = ("read:notifications", "\"through\":\"none\""),
        ["memory.put"] = ("write:memory", "\"namespace\":\"n\",\"key\":\"k\",\"value\":1"),
        ["memory.get"] = ("read:memory", "\"namespace\":\"n\",\"key\":\"k\""),
        ["memory.list"] = ("read:memory", "\"namespace\":\"n\""),
        ["memory.delete"] = ("write:memory", "\"namespace\":\"n\",\"key\":\"none\""),
        ["memory.namespaces"] = ("read:memory", ""),
        ["memory.search"] = ("read:memory", "\"query\":\"x\",\"mode\":\"lexical\""),
        ["vote.open"] = ("write:votes", "\"proposal\":{\"question\":\"x\",\"deadline_ms\":1000,\"electorate\":[{\"user\":\"x\"}]}"),
        ["vote.cast"] = ("work:votes", "\"proposal\":\"none\",\"choices\":[\"yes\"]"),
        ["vote.withdraw"] = ("write:votes", "\"proposal\":\"none\""),
        ["vote.show"] = ("read:votes", "\"proposal\":\"none\""),
        ["schedule.set"] = ("write:tasks", "\"schedule\":\"s\",\"spec\":{\"every_ms\":60000,\"task\":{\"title\":\"x\"}}"),
        ["schedule.pause"] = ("write:tasks", "\"schedule\":\"none\""),
        ["schedule.resume"] = ("write:tasks", "\"schedule\":\"none\""),
        ["schedule.run"] = ("write:tasks", "\"schedule\":\"none\""),
        ["schedule.remove"] = ("write:tasks", "\"schedule\":\"none\""),
        ["schedule.show"] = ("read:tasks", "\"schedule\":\"none\""),
        ["schedule.list"] = ("read:tasks", ""),
        ["workflow.define"] = ("write:workflows", "\"definition\":{\"id\":\"w\",\"steps\":[{\"id\":\"a\",\"task\":{\"title\":\"x\"}}]}"),
        ["workflow.delete"] = ("write:workflows", "\"workflow\":\"none\""),
        ["workflow.show"] = ("read:workflows", "\"workflow\":\"none\""),
        ["workflow.list"] = ("read:workflows", ""),
        ["run.start"] = ("write:workflows", "\"run\":{\"workflow\":\"none\"}"),
        ["run.show"] = ("read:workflows", "\"run\":\"none\""),
        ["run.list"] = ("read:workflows", ""),
        ["run.steps"] = ("read:workflows", "\"run\":\"none\""),
        ["run.signal"] = ("write:workflows", "\"run\":\"none\",\"signal\":\"x\""),
        ["run.retry"] = ("write:workflows", "\"run\":\"none\""),
        ["run.cancel"] = ("write:workflows", "\"run\":\"none\""),
        ["vote.list"] = ("read:votes", ""),
        ["vote.ballots"] = ("read:votes", "\"proposal\":\"none\""),
        ["cost.show"] = ("read:tasks", ""),
        ["budget.set"] = ("write:swarms", "\"budget\":\"b\",\"spec\":{\"swarm\":\"none\",\"tokens\":1}"),
        ["budget.show"] = ("read:tasks", "\"budget\":\"none\""),
        ["budget.list"] = ("read:tasks", ""),
        ["budget.remove"] = ("write:swarms", "\"budget\":\"none\""),
        ["task.errors"] = ("read:tasks", ""),
        ["bulk.count"] = ("read:tasks", "\"bulk\":{\"action\":\"cancel\",\"filter\":{\"swarm\":\"none\"}}"),
        ["bulk.start"] = ("write:tasks", "\"bulk\":{\"action\":\"cancel\",\"filter\":{\"swarm\":\"none\"}}"),
        ["bulk.show"] = ("read:tasks", "\"bulk\":\"none\""),
        ["bulk.stop"] = ("write:tasks", "\"bulk\":\"none\""),
        ["bulk.list"] = ("read:tasks", ""),
        ["purge.count"] = ("admin:system", "\"purge\":{\"task\":\"none\"}"),
        ["purge.start"] = ("admin:system", "\"purge\":{\"task\":\"none\"}"),
        ["purge.show"] = ("admin:system", "\"purge\":\"none\""),
        ["purge.list"] = ("admin:system", ""),
        ["audit.list"] = ("read:audit", ""),
        ["token.revoke"] = ("write:tokens", "\"token_id\":\"x\",\"expires_at\":\"2000-01-01T00:00:00Z\""),
        ["system.show"] = ("read:system", ""),
        ["alert.list"] = ("read:system", ""),
        ["alert.acknowledge"] = ("write:system", "\"alert\":\"al0-0\""),
    };

    // About the connection itself, or answered by it: no permission of its own.
    private static readonly string[] Free = ["hello", "auth.refresh", "echo", "unsubscribe", "agent.credit", "runner.report", "runner.leave"];

    private static readonly (string Method, string Path, string Needs, string? Body)[] Paths =
    [
        ("GET", "/api/v1/swarms", "read:swarms", null),
        ("GET", "/api/v1/swarms/default", "read:swarms", null),
        ("POST", "/api/v1/swarms", "write:swarms", """{"name":"x"}"""),
        ("GET", "/api/v1/agents", "read:agents", null),
        ("GET", "/api/v1/agents/x", "read:agents", null),
        ("POST", "/api/v1/agents/x/drain", "write:agents", null),
        ("DELETE", "/api/v1/agents/x", "write:agents", null),
        ("GET", "/api/v1/agents/x/reports", "read:agents", null),
        ("POST", "/api/v1/agents/x/health", "work:tasks", """{"secret":"at least sixteen letters","healthy":true}"""),
        ("GET", "/api/v1/runners", "read:agents", null),
        ("POST", "/api/v1/spawns", "write:runners", """{"role":"x"}"""),
        ("GET", "/api/v1/spawns", "read:agents", null),
        ("GET", "/api/v1/spawns/x", "read:agents", null),
        ("POST", "/api/v1/spawns/stop", "write:runners", """{"agent":"x"}"""),
        ("GET", "/api/v1/tasks", "read:tasks", null),
        ("GET", "/api/v1/tasks/x", "read:tasks", null),
        ("POST", "/api/v1/tasks", "write:tasks", """{"title":"x"}"""),
        ("PUT", "/api/v1/tasks/x/priority", "write:tasks", """{"priority":1}"""),
        ("POST", "/api/v1/tasks/x/cancel", "write:tasks", "{}"),
        ("POST", "/api/v1/tasks/x/retry", "write:tasks", null),
        ("GET", "/api/v1/events?pattern=task.%23&since=1:0", "read:tasks", null),
        ("GET", "/api/v1/presence", "read:presence", null),
        ("POST", "/api/v1/conversations", "write:chat", "{}"),
        ("GET", "/api/v1/conversations", "read:chat", null),
        ("GET", "/api/v1/conversations/x", "read:chat", null),
        ("POST", "/api/v1/conversations/x/messages", "write:chat", """{"content":"x"}"""),
        ("GET", "/api/v1/conversations/x/messages", "read:chat", null),
        ("POST", "/api/v1/notifications", "write:notifications", """{"level":"info","message":"x"}"""),
        ("GET", "/api/v1/notifications", "read:notifications", null),
        ("POST", "/api/v1/notifications/seen", "read:notifications", """{"through":"none"}"""),
        ("PUT", "/api/v1/memory/n/k", "write:memory", """{"value":1}"""),
        ("GET", "/api/v1/memory/n/k", "read:memory", null),
        ("DELETE", "/api/v1/memory/n/none", "write:memory", null),
        ("GET", "/api/v1/memory/n", "read:memory", null),
        ("GET", "/api/v1/memory", "read:memory", null),
        ("PUT", "/api/v1/schedules/s", "write:tasks", """{"every_ms":60000,"task":{"title":"x"}}"""),
        ("GET", "/api/v1/schedules", "read:tasks", null),
        ("GET", "/api/v1/schedules/none", "read:tasks", null),
        ("DELETE", "/api/v1/schedules/none", "write:tasks", null),
        ("POST", "/api/v1/schedules/none/pause", "write:tasks", null),
        ("POST", "/api/v1/schedules/none/resume", "write:tasks", null),
        ("POST", "/api/v1/schedules/none/run", "write:tasks", null),
        ("POST", "/api/v1/proposals", "write:votes", """{"question":"x","deadline_ms":1000,"electorate":[{"user":"x"}]}"""),
        ("GET", "/api/v1/proposals", "read:votes", null),
        ("GET", "/api/v1/proposals/none", "read:votes", null),
        ("POST", "/api/v1/proposals/none/ballots", "work:votes", """{"choices":["yes"]}"""),
        ("GET", "/api/v1/proposals/none/ballots", "read:votes", null),
        ("POST", "/api/v1/proposals/none/withdraw", "write:votes", null),
        ("GET", "/api/v1/connections", "read:system", null),
        ("GET", "/metrics", "read:system", null),
        ("GET", "/api/v1/system", "read:system", null),
        ("GET", "/api/v1/alerts", "read:system", null),
        ("POST", "/api/v1/alerts/al0-0/acknowledge", "write:system", null),
        ("GET", "/api/v1/costs", "read:tasks", null),
        ("GET", "/api/v1/budgets", "read:tasks", null),
        ("PUT", "/api/v1/budgets/b", "write:swarms", """{"swarm":"none","tokens":1}"""),
        ("DELETE", "/api/v1/budgets/none", "write:swarms", null),
        ("GET", "/api/v1/tasks/errors", "read:tasks", null),
        ("POST", "/api/v1/bulks/count", "read:tasks", """{"action":"cancel","filter":{"swarm":"none"}}"""),
        ("POST", "/api/v1/bulks", "write:tasks", """{"action":"cancel","filter":{"swarm":"none"}}"""),
        ("GET", "/api/v1/bulks", "read:tasks", null),
        ("GET", "/api/v1/bulks/none", "read:tasks", null),
        ("POST", "/api/v1/bulks/none/stop", "write:tasks", null),
        ("POST", "/api/v1/purges/count", "admin:system", """{"task":"none"}"""),
        ("POST", "/api/v1/purges", "admin:system", """{"task":"none"}"""),
        ("GET", "/api/v1/purges", "admin:system", null),
        ("GET", "/api/v1/purges/none", "admin:system", null),
        ("GET", "/api/v1/audit", "read:audit", null),
        ("POST", "/api/v1/tokens/x/revoke", "write:tokens", """{"expires_at":"2000-01-01T00:00:00Z"}"""),
        ("POST", "/api/v1/leases", "work:tasks", """{"agent":"x","secret":"at least sixteen letters","wait_ms":0}"""),
        ("POST", "/api/v1/leases/x/renew", "work:tasks", """{"agent":"x","secret":"at least sixteen letters","attempt":1,"token":1}"""),
        ("POST", "/api/v1/leases/x/complete", "work:tasks", """{"agent":"x","secret":"at least sixteen letters","attempt":1,"token":1}"""),
    ];

    private AuthHub _hub = null!;

    public static TheoryData<string> Roles => [.. Permissions.Roles.Select(r => r.Name), "nothing"];

    public async ValueTask InitializeAsync() => _hub = await AuthHub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public void Every_message_of_a_client_is_in_the_matrix() =>
        Assert.Equal(Waggle.Protocol.Messages.MessageTypes.ClientTypes.Order(StringComparer.Ordinal), Messages.Keys.Concat(Free).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_command_asks_for_something_that_a_permission_gives()
    {
        // The permission of an administrator grants everything, itself included.
        var given = Permissions.All.SelectMany(p => p.Grants).Append(Permissions.AdminSystem).ToHashSet(StringComparer.Ordinal);
        var asked = typeof(Command).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Command)) && !t.IsAbstract && t.IsPublic).Select(t =>
        {
            var command = (Command)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(t);
            t.GetProperty(nameof(Command.By))!.SetValue(command, Principal.Hub("default"));
            return command.Right;
        }).ToArray();
        Assert.True(asked.Length > 20);
        Assert.Empty(asked.Except(given));
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Every_message_by_role(string role)
    {
        var may = Permissions.Expand([], [role]);
        var client = await _hub.ClientAsync(_hub.Token("ann", [role]));
        foreach (var (type, (needs, fields)) in Messages)
        {
            var answer = await client.AskAsync($"\"type\":\"{type}\"{(fields.Length > 0 ? "," : "")}{fields}");
            Check(may, needs, answer, $"{role}: {type}");
        }
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Every_path_by_role(string role)
    {
        var may = Permissions.Expand([], [role]);
        var token = _hub.Token("ann", [role]);
        foreach (var (method, path, needs, body) in Paths)
        {
            // A stream that is let in does not end.
            if (path.Contains("/events", StringComparison.Ordinal) && may.Overlaps(["*", needs])) continue;
            var (status, json, _) = await _hub.SendAsync(new HttpMethod(method), path, token, body);
            if (may.Overlaps(["*", needs])) Assert.True((int)status is not (401 or 403) || json.Text("code") == "NOT_AN_AGENT", $"{role}: {method} {path} gave {status} {json}");
            else
            {
                Assert.True((int)status == 403, $"{role}: {method} {path} gave {status}");
                Assert.Equal("FORBIDDEN", json.Text("code"));
                Assert.Contains($"the permission {needs} is missing", json.Text("detail"), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task The_claims_of_the_documents_work_and_foreign_ones_grant_nothing()
    {
        var token = _hub.Token("ann", permissions: ["read:system", "write:swarms", "admin:neural", "read:billing", "*", "write:*"], roles: ["root", "Admin"]);
        var client = await _hub.ClientAsync(token);
        Assert.Equal("FORBIDDEN", await client.ErrorAsync("\"type\":\"task.list\""));
        await client.ResultAsync("\"type\":\"swarm.create\",\"name\":\"x\"");
        await client.ResultAsync("\"type\":\"swarm.list\"");
    }

    [Fact]
    public async Task A_subscription_to_everything_brings_what_is_permitted_and_nothing_else()
    {
        var admin = await _hub.ClientAsync(_hub.Admin);
        var observer = await _hub.ClientAsync(_hub.Token("ann", permissions: ["read:swarms"]));
        await observer.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"#\"]");
        await admin.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"x\"}]");
        await admin.ResultAsync("\"type\":\"publish\",\"topic\":\"app.x\",\"data\":1");
        await admin.ResultAsync("\"type\":\"swarm.create\",\"name\":\"s\",\"swarm\":\"s\"");
        while (true)
        {
            var record = await observer.NextAsync("record");
            Assert.StartsWith("swarm.", record.Text("topic"), StringComparison.Ordinal);
            if (record.Text("kind") == "swarm_created") break;
        }

        var missed = await observer.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"#\"],\"since\":\"1:0\"");
        Assert.All(missed.GetProperty("records").EnumerateArray(), r => Assert.StartsWith("swarm.", r.Text("topic"), StringComparison.Ordinal));
        Assert.Equal(2, missed.GetProperty("records").EnumerateArray().Count(r => r.Text("kind") == "swarm_created"));
    }

    private static void Check(IReadOnlySet<string> may, string needs, JsonElement answer, string what)
    {
        var code = answer.Is("error") ? answer.Text("code") : null;
        if (may.Overlaps(["*", needs])) Assert.True(code is not ("FORBIDDEN" or "UNAUTHENTICATED"), $"{what} gave {answer}");
        else
        {
            Assert.True(code == "FORBIDDEN", $"{what} gave {answer}");
            Assert.Contains($"the permission {needs} is missing", answer.Text("message"), StringComparison.Ordinal);
        }
    }
}
