using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Server.Tests.Auth;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

/// <summary>Questions through the SDK and a real hub with tokens.</summary>
public sealed class SdkQuestionTests
{
    [Fact]
    public async Task A_handler_runs_again_with_the_answer_and_its_checkpoint()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await ClientAsync(hub);
        await using var worker = await WorkerAsync(hub, async (work, cancel) =>
        {
            var checkpoint = RawJson.Parse($"{work.Attempt}");
            var branch = await work.AskAsync(new QuestionSpec { Text = "Which branch?", Choices = ["main", "next"] }, checkpoint, cancel);
            var approved = await work.ApproveAsync("Release it?", cancel: cancel);
            return RawJson.Parse($"[{branch.Answer},{(approved ? "true" : "false")},{work.Attempt},{work.Checkpoint}]");
        });
        var task = await client.CreateTaskAsync(new TaskSpec { Title = "Release" });
        Assert.Equal("main", (await AnswerNextAsync(client, "Which branch?", "main")).Answer.ToElement().GetString());
        await AnswerNextAsync(client, "Release it?", "yes");

        var done = await client.WaitForCompletionAsync(task.Id);
        Assert.Equal((TaskState.Completed, """["main",true,3,1]"""), (done.State, done.Result.ToString()));
        Assert.Equal(["asked", "asked", "completed"], (await client.ShowTaskAsync(task.Id)).Attempts!.Select(a => a.Outcome));
        Assert.Equal(2, await client.Questions.ListAsync(task: task.Id, state: QuestionState.Answered).CountAsync());
    }

    [Fact]
    public async Task A_handler_that_holds_its_lease_receives_the_answer()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await ClientAsync(hub);
        await using var worker = await WorkerAsync(hub, async (work, cancel) =>
            (await work.AskAsync(new QuestionSpec { Text = "Which branch?", Hold = true }, cancel: cancel)).Answer);
        var task = await client.CreateTaskAsync(new TaskSpec { Title = "Release" });
        var question = await NextAsync(client, "Which branch?");
        Assert.Equal((TaskState.InputRequired, "w1"), ((await client.ShowTaskAsync(task.Id)).State, (await client.ShowTaskAsync(task.Id)).Lease!.Agent));
        await client.Questions.AnswerAsync(question.Id, RawJson.Parse("""{"branch":"main"}"""));

        var done = await client.WaitForCompletionAsync(task.Id);
        Assert.Equal((TaskState.Completed, """{"branch":"main"}""", 1), (done.State, done.Result.ToString(), done.Attempt));
        Assert.Equal("QUESTION_CLOSED", (await Assert.ThrowsAsync<WaggleException>(() => client.Questions.AnswerAsync(question.Id, "no"))).Code);
        Assert.Null(await client.Questions.GetAsync("q99"));
    }

    [Fact]
    public async Task A_question_that_breaks_a_rule_fails_its_task()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await ClientAsync(hub);
        await using var worker = await WorkerAsync(hub, (_, _) => throw new InputRequiredException(new QuestionSpec { Text = "x", Choices = [] }));
        var task = await client.CreateTaskAsync(new TaskSpec { Title = "Release" });
        var ended = await client.WaitForCompletionAsync(task.Id);
        Assert.Equal((TaskState.Failed, "QUESTION_REJECTED"), (ended.State, ended.Error!.Code));
    }

    [Fact]
    public async Task A_cancellation_ends_the_wait_of_a_handler_that_holds()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await ClientAsync(hub);
        await using var worker = await WorkerAsync(hub, async (work, cancel) =>
            (await work.AskAsync(new QuestionSpec { Text = "Which branch?", Hold = true }, cancel: cancel)).Answer);
        var task = await client.CreateTaskAsync(new TaskSpec { Title = "Release" });
        var question = await NextAsync(client, "Which branch?");
        await client.CancelTaskAsync(task.Id);
        Assert.Equal(TaskState.Cancelled, (await client.WaitForCompletionAsync(task.Id)).State);
        Assert.Equal(QuestionState.Cancelled, (await client.Questions.GetAsync(question.Id))!.State);
    }

    [Fact]
    public async Task A_checkpoint_is_stored_when_the_call_completes()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await ClientAsync(hub);
        await using var worker = await WorkerAsync(hub, async (work, cancel) =>
        {
            if (work.Attempt > 1) return work.Checkpoint;
            await work.CheckpointAsync(RawJson.Parse("""{"step":3}"""), cancel);
            throw new TaskFailedException("ONCE", "The first attempt fails.", retryAfter: TimeSpan.Zero);
        });
        var task = await client.CreateTaskAsync(new TaskSpec { Title = "Release" });
        Assert.Equal("""{"step":3}""", (await client.WaitForCompletionAsync(task.Id)).Result.ToString());
    }

    private static async Task<QuestionView> AnswerNextAsync(WaggleClient client, string text, string answer) =>
        await client.Questions.AnswerAsync((await NextAsync(client, text)).Id, answer);

    private static async Task<QuestionView> NextAsync(WaggleClient client, string text)
    {
        QuestionView? found = null;
        await Eventually.Async(async () => (found = await client.Questions.ListAsync(state: QuestionState.Open).FirstOrDefaultAsync(q => q.Text == text)) is not null, text);
        return found!;
    }

    private static Task<WaggleClient> ClientAsync(AuthHub hub) => WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url, Token = hub.Admin });

    private static Task<WaggleWorker> WorkerAsync(AuthHub hub, Func<TaskWork, CancellationToken, ValueTask<RawJson>> handler) => WaggleWorker.StartAsync(
        new WaggleWorkerOptions { Url = hub.Server.Url, Token = hub.Admin, AgentId = "w1", Slots = 1 }, handler);
}
