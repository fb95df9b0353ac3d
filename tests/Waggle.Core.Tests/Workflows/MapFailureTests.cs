using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Workflows;

/// <summary>A map of which an item cannot start while others run.</summary>
public sealed class MapFailureTests
{
    // An input of two such items is larger than a task may have.
    private static readonly string Large = new('x', (Limits.MaxMessageBytes / 3) + 1);

    // The items of the first turn, in which none is too large.
    private const int Began = 500;

    private readonly FlowHive _flow = new();

    [Fact]
    public void The_running_items_are_cancelled_when_the_run_stops()
    {
        var run = Start("stop");
        Assert.Equal((WorkflowRunState.Stopping, Began), (_flow.StateOf(run), _flow.Working.Count));
        Assert.All(_flow.Hive.State.Tasks, t => Assert.Equal(TaskState.Cancelling, t.State));
        Assert.Equal(["each running"], _flow.Steps(run));
        foreach (var title in _flow.Working) _flow.ConfirmCancelled(title);

        Assert.Equal((WorkflowRunState.Failed, ErrorCodes.TooLarge), (_flow.StateOf(run), _flow.Run(run).Error!.Code));
        Assert.Equal(["each failed"], _flow.Steps(run));
        Assert.All(_flow.Stored(run).Where(s => s.Item is not null), s => Assert.Equal(WorkflowStepState.Cancelled, s.State));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_running_items_are_awaited_when_the_run_continues(bool restarted)
    {
        var run = Start("continue");
        Assert.Equal((WorkflowRunState.Running, Began), (_flow.StateOf(run), _flow.Working.Count));
        if (restarted) _flow.Restart();
        Assert.Equal(["each running"], _flow.Steps(run));
        foreach (var title in _flow.Working) _flow.Complete(title);

        Assert.Equal((WorkflowRunState.Failed, ErrorCodes.TooLarge), (_flow.StateOf(run), _flow.Run(run).Error!.Code));
        Assert.Equal(["each failed"], _flow.Steps(run));
    }

    [Fact]
    public void A_map_without_running_items_fails_at_once()
    {
        _flow.Define(Twice("stop"));
        var run = _flow.Start("t", $"[\"{Large}\"]").Id;

        Assert.Equal((WorkflowRunState.Failed, ErrorCodes.TooLarge), (_flow.StateOf(run), _flow.Run(run).Error!.Code));
    }

    private string Start(string rule)
    {
        _flow.Define(Twice(rule));
        return _flow.Start("t", $"[{string.Join(',', Enumerable.Range(0, Began))},\"{Large}\",2]").Id;
    }

    private static string Twice(string rule) =>
        $$$"""{"id":"t","on_failure":"{{{rule}}}","steps":[{"id":"each","map":{"over":"input"},"task":{"title":"Each","input":[{"$":"item"},{"$":"item"}]}}]}""";
}
