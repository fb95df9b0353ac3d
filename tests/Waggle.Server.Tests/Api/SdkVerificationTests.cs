using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Server.Tests.Auth;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

/// <summary>Verified results through the SDK and a real hub.</summary>
public sealed class SdkVerificationTests
{
    private static readonly RawJson Schema = RawJson.Parse("""{"type":"object","properties":{"words":{"type":"integer"}},"required":["words"]}""");

    [Fact]
    public async Task A_result_against_its_schema_is_tried_by_another_worker()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await ClientAsync(hub);
        await using var liar = await WorkerAsync(hub, "liar", "count", _ => """{"words":"many"}""");

        // The lying worker is alone at first, and may get the task more than once before it stops.
        var verify = new VerifySpec { Schema = Schema };
        var task = await client.CreateTaskAsync(new TaskSpec { Title = "Count", Type = "count", BackoffBaseMs = 0, MaxAttempts = 1000, Verify = verify });
        await Eventually.Async(async () => (await client.ShowTaskAsync(task.Id)).Failures >= 1, "the refuted result");
        await liar.StopAsync(TimeSpan.Zero);
        await using var honest = await WorkerAsync(hub, "honest", "count", _ => """{"words":7}""");

        var done = await client.WaitForCompletionAsync(task.Id);
        Assert.Equal((TaskState.Completed, "passed", "completed", "honest"), (done.State, done.Verification, done.VerifiedOutcome, done.Lease!.Agent));
        var first = (await client.ShowTaskAsync(task.Id)).Attempts![0];
        Assert.Equal(("liar", "failed", "completed", "failed"), (first.Agent, first.Outcome, first.ClaimedOutcome, first.Verification));
        Assert.Contains("/words", first.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_result_is_checked_from_its_file()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await ClientAsync(hub);
        await using var worker = await WorkerAsync(hub, "w1", "count", _ => $$"""{"words":7,"text":"{{new string('x', 50_000)}}"}""");
        var task = await client.CreateTaskAsync(new TaskSpec { Title = "Count", Type = "count", Verify = new VerifySpec { Schema = Schema } });
        var done = await client.WaitForCompletionAsync(task.Id);
        Assert.Equal((TaskState.Completed, "passed"), (done.State, done.Verification));
        Assert.NotNull(done.ResultRef);
    }

    [Fact]
    public async Task A_worker_of_the_operator_refutes_the_last_attempt_of_a_lying_worker()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await ClientAsync(hub);
        await using var liar = await WorkerAsync(hub, "liar", "count", _ => "42");
        await using var checker = await WorkerAsync(hub, "checker", "check", work =>
            work.Input.ToElement().GetProperty("result").GetInt32() == 7 ? "true" : throw new TaskFailedException("EXIT_1", "It is not 7."));
        var spec = new TaskSpec { Title = "Count", Type = "count", MaxAttempts = 1, Verify = new VerifySpec { Review = new ReviewSpec { Type = "check" } } };
        var ended = await client.WaitForCompletionAsync((await client.CreateTaskAsync(spec)).Id);
        Assert.Equal((TaskState.Failed, "completed", "failed", "42"), (ended.State, ended.ClaimedOutcome, ended.VerifiedOutcome, ended.Result.ToString()));
        Assert.Contains("checker: EXIT_1: It is not 7.", ended.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_schema_is_refused_at_the_creation()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await ClientAsync(hub);
        var spec = new TaskSpec { Title = "Count", Verify = new VerifySpec { Schema = RawJson.Parse("""{"type":"nothing"}""") } };
        var refused = await Assert.ThrowsAsync<WaggleException>(() => client.CreateTaskAsync(spec));
        Assert.Equal("INVALID_REQUEST", refused.Code);
        Assert.Contains("verify.schema", refused.Message, StringComparison.Ordinal);
    }

    private static Task<WaggleClient> ClientAsync(AuthHub hub) => WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url, Token = hub.Admin });

    private static Task<WaggleWorker> WorkerAsync(AuthHub hub, string agent, string type, Func<TaskWork, string> work)
    {
        var options = new WaggleWorkerOptions { Url = hub.Server.Url, Token = hub.Admin, AgentId = agent, Slots = 1 };
        options.Types.Add(type);
        return WaggleWorker.StartAsync(options, (task, _) => ValueTask.FromResult(RawJson.Parse(work(task))));
    }
}
