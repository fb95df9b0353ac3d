using Waggle.Core.Tests.Support;
using Waggle.Core.Workflows;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Workflows;

public sealed class StepEvaluatorTests
{
    [Fact]
    public async Task A_step_whose_values_are_damaged_fails_and_the_others_go_on()
    {
        await using var running = await RunningHive.StartAsync();
        var defined = await running.Ask(new DefineWorkflow(RawJson.Parse("""
            {"id":"w","steps":[{"id":"go","signal":{"name":"go"}},{"id":"a","depends_on":["go"],"when":"input.run","task":{"title":"A"}}]}
            """)) { By = TestHive.User });
        Assert.Null(defined.Error);
        var damaged = await StartAsync(running);
        var whole = await StartAsync(running);
        running.Store.Damage(new("workflow_input", damaged));
        foreach (var run in new[] { damaged, whole }) Assert.Null((await running.Ask(new SignalRun(run, "go") { By = TestHive.User })).Error);

        await Eventually.Async(() => Ends(running).Count() == 2, "both runs end");
        var (failed, completed) = (Ends(running).Single(e => e.Run == damaged), Ends(running).Single(e => e.Run == whole));
        Assert.Equal((WorkflowRunState.Failed, "UNREADABLE", "a"), (failed.State, failed.Error!.Code, failed.Error.Step));
        Assert.Equal(WorkflowRunState.Completed, completed.State);
    }

    private static async Task<string> StartAsync(RunningHive running) =>
        (await running.Ask(new StartRun(new() { Workflow = "w", Input = RawJson.Parse("""{"run":false}""") }) { By = TestHive.User })).Value!.Id;

    private static IEnumerable<WorkflowEnded> Ends(RunningHive running) => running.Records.Select(r => r.Payload).OfType<WorkflowEnded>();
}
