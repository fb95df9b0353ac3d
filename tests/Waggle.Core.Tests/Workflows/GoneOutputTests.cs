using Waggle.Core.Tests.Support;
using Waggle.Core.Workflows;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Workflows;

/// <summary>Outputs that retention deleted while a run still needs them.</summary>
public sealed class GoneOutputTests
{
    private readonly FlowHive _flow = new();

    [Theory]
    [InlineData("\"task\":{\"title\":\"B\",\"input\":{\"x\":{\"$\":\"steps.a.output.n\"}}}")]
    [InlineData("\"when\":\"steps.a.output.n == null\",\"task\":{\"title\":\"B\"}")]
    [InlineData("\"map\":{\"over\":\"steps.a.output.n\"},\"task\":{\"title\":\"B\"}")]
    [InlineData("\"workflow\":{\"id\":\"sub\",\"input\":{\"$\":\"steps.a.output\"}}")]
    public void A_step_that_needs_a_deleted_output_fails_and_says_so(string step)
    {
        _flow.Define("""{"id":"sub","steps":[{"id":"x","task":{"title":"Sub","input":{"$":"input.n"}}}]}""");
        _flow.Define($$$"""{"id":"w","steps":[{"id":"a","task":{"title":"A"}},{"id":"s","depends_on":["a"],"signal":{"name":"go"}},{"id":"b","depends_on":["s"],{{{step}}}}]}""");
        var run = _flow.Start("w").Id;
        _flow.Complete("A", """{"n":7}""");
        Prune("task");
        _flow.Hive.Ok(new SignalRun(run, "go") { By = TestHive.User });
        _flow.Settle();

        Assert.Equal((WorkflowRunState.Failed, "OUTPUT_GONE", "b"), (_flow.StateOf(run), _flow.Run(run).Error!.Code, _flow.Run(run).Error!.Step));
        Assert.Empty(_flow.Working);
    }

    [Fact]
    public async Task The_output_of_a_run_names_the_parts_that_were_deleted()
    {
        _flow.Define("""{"id":"w","output":{"all":{"$":"steps.a.output.n"},"state":{"$":"steps.a.state"}},"steps":[{"id":"a","task":{"title":"A"}}]}""");
        var run = _flow.Start("w").Id;
        _flow.Complete("A", """{"n":7}""");
        Assert.Equal("""{"all":7,"state":"completed"}""", _flow.OutputOf(run));
        Prune("task");
        var output = _flow.Run(run).Output!;
        var filled = await _flow.Reader().FillAsync(output.Value, output.Refs!);

        Assert.Equal("""{"all":null,"state":"completed"}""", filled.Input.ToString());
        Assert.Equal(("/all", true), (filled.Omitted!.Single().At, filled.Omitted!.Single().Gone));
    }

    private void Prune(string kind)
    {
        var later = _flow.Hive.Now + TimeSpan.FromDays(1);
        _flow.Hive.Store.PruneEntitiesAsync(_flow.Hive.Tenure, kind, later, 1000, CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }
}
