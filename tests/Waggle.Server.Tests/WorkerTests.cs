using System.Text.Json;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests;

public class WorkerTests
{
    [Theory]
    [InlineData("task.start", "")]
    [InlineData("task.progress", ",\"progress\":0.5")]
    [InlineData("task.log", ",\"lines\":[\"x\"]")]
    [InlineData("task.complete", ",\"result\":\"stolen\"")]
    [InlineData("task.fail", ",\"error\":{\"code\":\"X\",\"message\":\"x\"},\"retryable\":false")]
    [InlineData("task.refuse", "")]
    [InlineData("task.release", "")]
    [InlineData("task.cancelled", "")]
    public async Task A_worker_that_lies_changes_nothing(string type, string more)
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var honest = await hub.WorkerAsync("honest");
        await client.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\"}]");
        var assign = await honest.NextAsync("assign");
        string task = assign.Text("task")!;
        long attempt = assign.Number("attempt"), token = assign.Number("token");
        var liar = await hub.WorkerAsync("liar", slots: 0);
        var observer = await hub.ClientAsync();

        Assert.Equal(ErrorCodes.NotFound, await honest.ErrorAsync(Say("t9-9", attempt, token)));
        Assert.Equal(ErrorCodes.NotFound, await honest.ErrorAsync(Say("../x", attempt, token)));
        Assert.Equal(ErrorCodes.StaleLease, await honest.ErrorAsync(Say(task, attempt + 1, token)));
        Assert.Equal(ErrorCodes.StaleLease, await honest.ErrorAsync(Say(task, -1, token)));
        Assert.Equal(ErrorCodes.StaleLease, await honest.ErrorAsync(Say(task, attempt, token + 1)));
        Assert.Equal(ErrorCodes.StaleLease, await honest.ErrorAsync(Say(task, attempt, long.MinValue)));
        Assert.Equal(ErrorCodes.StaleLease, await liar.ErrorAsync(Say(task, attempt, token)));
        Assert.Equal(ErrorCodes.NotAnAgent, await observer.ErrorAsync(Say(task, attempt, token)));

        var shown = await client.ResultAsync($"\"type\":\"task.show\",\"task\":\"{task}\"");
        Assert.Equal(("assigned", token), (shown.Text("state"), shown.GetProperty("lease").Number("token")));
        Assert.Equal("completed", (await honest.ResultAsync($"\"type\":\"task.complete\",{assign.Lease()},\"result\":\"mine\"")).Text("state"));
        Assert.Equal("mine", (await client.ResultAsync($"\"type\":\"task.show\",\"task\":\"{task}\"")).Text("result"));

        string Say(string t, long a, long k) => $"\"type\":\"{type}\",\"task\":\"{t}\",\"attempt\":{a},\"token\":{k}{more}";
    }

    [Fact]
    public async Task What_the_lease_allows_and_the_state_does_not_is_refused()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var worker = await hub.WorkerAsync("w1");
        await client.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\"}]");
        var assign = await worker.NextAsync("assign");
        Assert.Equal(ErrorCodes.InvalidState, await worker.ErrorAsync($"\"type\":\"task.cancelled\",{assign.Lease()}"));
        Assert.Equal(ErrorCodes.InvalidRequest, await worker.ErrorAsync($"\"type\":\"task.progress\",{assign.Lease()},\"progress\":1.1"));
        Assert.Equal(ErrorCodes.InvalidRequest, await worker.ErrorAsync($"\"type\":\"task.progress\",{assign.Lease()},\"progress\":1e999"));
        Assert.Equal(ErrorCodes.TooLarge, await worker.ErrorAsync($"\"type\":\"task.log\",{assign.Lease()},\"lines\":[{string.Join(',', Enumerable.Repeat("\"x\"", Limits.MaxLogLines + 1))}]"));
        Assert.Equal(ErrorCodes.InvalidRequest, await worker.ErrorAsync($"\"type\":\"task.log\",{assign.Lease()},\"lines\":[null]"));
        Assert.Equal(ErrorCodes.InvalidRequest, await worker.ErrorAsync($"\"type\":\"task.complete\",{assign.Lease()},\"usage\":{{\"cost_usd\":1e999}}"));
        foreach (var wait in new[] { "-1", "40000000000", "9223372036854775807" })
            Assert.Equal(ErrorCodes.InvalidRequest, await worker.ErrorAsync($"\"type\":\"task.fail\",{assign.Lease()},\"error\":{{\"code\":\"X\",\"message\":\"x\"}},\"retry_after_ms\":{wait}"));
        await worker.ResultAsync($"\"type\":\"task.start\",{assign.Lease()}");
        Assert.Equal("retry_wait", (await worker.ResultAsync($"\"type\":\"task.fail\",{assign.Lease()},\"error\":{{\"code\":\"X\",\"message\":\"x\"}},\"retry_after_ms\":60000")).Text("state"));
    }

    [Fact]
    public async Task The_same_name_with_another_secret_is_in_use()
    {
        await using var hub = await TestHub.StartAsync();
        var first = await hub.WorkerAsync("w1");
        var second = await hub.ConnectAsync();
        await second.SendAsync("""{"type":"hello","id":"h","protocols":["waggle.v1"],"agent":{"id":"w1","secret":"another secret of 16"}}""");
        var error = await second.NextAsync("error");
        Assert.Equal((ErrorCodes.AgentInUse, "h"), (error.Text("code"), error.Text("id")));
        Assert.InRange(error.Number("retry_after_ms"), 1000, 30_000);
        Assert.Equal(CloseCodes.HelloRefused, (await second.Closed).Code);
        await first.EchoAsync();
        await first.ResultAsync("\"type\":\"lease.renew\",\"leases\":[]");
    }

    [Fact]
    public async Task The_same_secret_takes_over_and_keeps_its_leases()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var older = await hub.WorkerAsync("w1");
        await client.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\"},{\"title\":\"u\"}]");
        var assign = await older.NextAsync("assign");

        var newer = await hub.WorkerAsync("w1", holding: $"[{assign.LeaseRef()}]");
        Assert.Equal(CloseCodes.Replaced, (await older.NextAsync("bye")).Number("code"));
        Assert.Equal(CloseCodes.Replaced, (await older.Closed).Code);
        Assert.Equal([assign.LeaseRef()], Leases(newer.Welcome, "keep"));
        await newer.ResultAsync($"\"type\":\"task.complete\",{assign.Lease()}");
        Assert.NotEqual(assign.Text("task"), (await newer.NextAsync("assign")).Text("task"));

        // The older connection's end did not take the agent from the newer one.
        Assert.Equal("online", (await client.ResultAsync("\"type\":\"agent.show\",\"agent\":\"w1\"")).Text("status"));
    }

    [Fact]
    public async Task Who_comes_back_hears_what_to_keep_what_to_stop_and_what_it_forgot()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var worker = await hub.WorkerAsync("w1", slots: 3);
        await client.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"a\"},{\"title\":\"b\"},{\"title\":\"c\"}]");
        JsonElement kept = await worker.NextAsync("assign"), stopped = await worker.NextAsync("assign"), forgotten = await worker.NextAsync("assign");
        foreach (var one in new[] { kept, stopped }) await worker.ResultAsync($"\"type\":\"task.start\",{one.Lease()}");
        worker.Abort();
        await client.ResultAsync($"\"type\":\"task.cancel\",\"task\":\"{stopped.Text("task")}\",\"force\":true");
        await hub.RestartAsync();

        worker = await hub.WorkerAsync("w1", slots: 3, holding: $"[{kept.LeaseRef()},{stopped.LeaseRef()},{{\"task\":\"t9-9\",\"attempt\":1,\"token\":5}}]");
        Assert.Equal([kept.LeaseRef()], Leases(worker.Welcome, "keep"));
        Assert.Equal([stopped.LeaseRef(), "{\"task\":\"t9-9\",\"attempt\":1,\"token\":5}"], Leases(worker.Welcome, "stop"));
        Assert.Equal([forgotten.LeaseRef()], Leases(worker.Welcome, "missing"));

        // The worker receives a task that it forgot again, under a new lease.
        var again = await worker.NextAsync("assign");
        Assert.Equal(forgotten.Text("task"), again.Text("task"));
        Assert.NotEqual(forgotten.Number("token"), again.Number("token"));
        Assert.Equal(ErrorCodes.StaleLease, await worker.ErrorAsync($"\"type\":\"task.start\",{forgotten.Lease()}"));
        await worker.ResultAsync($"\"type\":\"task.complete\",{kept.Lease()}");
        await worker.ResultAsync($"\"type\":\"task.complete\",{again.Lease()}");
    }

    [Fact]
    public async Task A_lease_that_ran_out_is_stopped_and_its_late_result_is_seen_and_not_applied()
    {
        await using var hub = await TestHub.StartAsync(o => o with { Hive = new HiveOptions { Lease = TimeSpan.FromMilliseconds(150) } });
        var client = await hub.ClientAsync();
        await client.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"task.*.orphan_result\"]");
        var slow = await hub.WorkerAsync("slow");
        await client.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\",\"requires\":{},\"poison_losses\":100}]");
        var assign = await slow.NextAsync("assign");
        Assert.Equal("lease_lost", (await slow.NextAsync("stop")).Text("reason"));

        // An agent that was silent for a whole lease receives work again once it sends a message.
        await slow.ResultAsync($"\"type\":\"lease.renew\",\"leases\":[{assign.LeaseRef()}]");
        var again = await slow.NextAsync("assign");
        Assert.Equal(ErrorCodes.StaleLease, await slow.ErrorAsync($"\"type\":\"task.complete\",{assign.Lease()},\"result\":\"late\""));
        Assert.Equal("late", (await client.NextAsync("record")).GetProperty("data").Text("result"));
        var last = again;
        while (await TryCompleteAsync() is { } next) last = next;

        // Under load the second lease may run out as well; the one in force is taken.
        async Task<JsonElement?> TryCompleteAsync()
        {
            var answer = await slow.AskAsync($"\"type\":\"task.complete\",{last.Lease()},\"result\":\"in time\"");
            if (answer.Is("reply")) return null;
            await slow.ResultAsync($"\"type\":\"lease.renew\",\"leases\":[{last.LeaseRef()}]");
            return await slow.NextAsync("assign");
        }
    }

    [Fact]
    public async Task A_cancellation_reaches_the_worker_and_is_confirmed()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var worker = await hub.WorkerAsync("w1");
        await client.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\"}]");
        var assign = await worker.NextAsync("assign");
        Assert.Equal("cancelling", (await client.ResultAsync($"\"type\":\"task.cancel\",\"task\":\"{assign.Text("task")}\",\"reason\":\"changed my mind\"")).Text("state"));
        var cancel = await worker.NextAsync("cancel");
        Assert.Equal((assign.Lease(), "changed my mind", 30_000), (cancel.Lease(), cancel.Text("reason"), (int)cancel.Number("grace_ms")));
        var renewed = await worker.ResultAsync($"\"type\":\"lease.renew\",\"leases\":[{assign.LeaseRef()}]");
        Assert.Equal(assign.LeaseRef(), renewed.GetProperty("cancel")[0].GetRawText());
        Assert.Equal("cancelled", (await worker.ResultAsync($"\"type\":\"task.cancelled\",{assign.Lease()}")).Text("state"));
    }

    [Fact]
    public async Task A_worker_gets_no_more_than_its_credit()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var worker = await hub.WorkerAsync("w1", slots: 2);
        await client.ResultAsync($"\"type\":\"task.create\",\"tasks\":[{string.Join(',', Enumerable.Repeat("{\"title\":\"t\"}", 5))}]");
        var first = await worker.NextAsync("assign");
        await worker.NextAsync("assign");
        await worker.EchoAsync();
        Assert.Equal(2, (await client.ResultAsync("\"type\":\"agent.show\",\"agent\":\"w1\"")).GetProperty("holding").GetArrayLength());
        await worker.ResultAsync("\"type\":\"agent.credit\",\"slots\":4");
        await worker.NextAsync("assign");
        await worker.NextAsync("assign");
        await worker.ResultAsync($"\"type\":\"task.complete\",{first.Lease()}");
        await worker.NextAsync("assign");
    }

    private static IEnumerable<string> Leases(JsonElement welcome, string which) => welcome.GetProperty("agent").GetProperty(which).EnumerateArray().Select(l => l.GetRawText());
}
