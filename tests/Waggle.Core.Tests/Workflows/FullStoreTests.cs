using Waggle.Core.Kernel;
using Waggle.Core.Tests.Support;
using Waggle.Core.Workflows;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Workflows;

public sealed class FullStoreTests
{
    private readonly FlowHive _flow = new();

    [Fact]
    public void No_step_begins_while_the_store_is_full_and_all_begin_when_there_is_room()
    {
        _flow.Define("""{"id":"sub","steps":[{"id":"x","task":{"title":"Sub"}}]}""");
        _flow.Define("""
            {"id":"w","steps":[{"id":"a","task":{"title":"A"}},{"id":"b","depends_on":["a"],"task":{"title":"B"}},
              {"id":"c","depends_on":["a"],"timer":{"delay_ms":1000}},{"id":"d","depends_on":["a"],"workflow":{"id":"sub"}}]}
            """);
        var run = _flow.Start("w").Id;
        _flow.Hive.Engine.Full = true;
        _flow.Complete("A");
        _flow.Hive.Advance(TimeSpan.FromSeconds(5));

        Assert.Empty(_flow.Working);
        Assert.Equal(["a completed"], _flow.Steps(run));
        var live = _flow.Hive.Ok(new ReadLive(run) { By = TestHive.User });
        Assert.Equal(["b", "c", "d"], live.Waiting.Order(StringComparer.Ordinal));
        Assert.StartsWith("store:", live.WaitingFor, StringComparison.Ordinal);

        Room();
        Assert.Equal(["B", "Sub"], _flow.Working.Order(StringComparer.Ordinal));
        Assert.Null(_flow.Hive.Ok(new ReadLive(run) { By = TestHive.User }).WaitingFor);
    }

    [Fact]
    public void The_items_of_a_map_wait_for_room()
    {
        _flow.Define("""{"id":"m","steps":[{"id":"a","task":{"title":"A"}},{"id":"each","depends_on":["a"],"map":{"over":"steps.a.output"},"task":{"title":"Each"}}]}""");
        var run = _flow.Start("m").Id;
        _flow.Complete("A", "[1,2,3]");
        _flow.Hive.Engine.Full = true;
        var items = new StartItems(run, 0, 1, [(0, RawJson.Parse("1"))]) { By = Hub };

        Assert.Equal(ErrorCodes.StoreFull, _flow.Hive.DoAny(items).Error?.Code);
        Assert.Equal(ErrorCodes.StoreFull, _flow.Hive.DoAny(new EvaluateNext(1) { By = Hub }).Error?.Code);
    }

    [Fact]
    public void A_compensation_waits_for_room_and_a_cancellation_does_not()
    {
        _flow.Define("""
            {"id":"c","on_failure":"compensate","steps":[{"id":"a","task":{"title":"A"},"compensate":{"title":"Undo"}},
              {"id":"b","depends_on":["a"],"task":{"title":"B"}}]}
            """);
        _flow.Define("""{"id":"w","steps":[{"id":"a","task":{"title":"Long"}}]}""");
        var (undone, cancelled) = (_flow.Start("c").Id, _flow.Start("w").Id);
        _flow.Complete("A");
        _flow.Hive.Engine.Full = true;
        _flow.Fail("B");
        _flow.Hive.Ok(new CancelRun(cancelled) { By = TestHive.User });
        _flow.Settle();
        _flow.ConfirmCancelled("Long");
        _flow.Hive.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((WorkflowRunState.Compensating, WorkflowRunState.Cancelled), (_flow.StateOf(undone), _flow.StateOf(cancelled)));
        Assert.Empty(_flow.Working);
        Assert.False(_flow.Run(undone).Compensated);

        Room();
        _flow.Complete("Undo");
        Assert.Equal((WorkflowRunState.Failed, true), (_flow.StateOf(undone), _flow.Run(undone).Compensated));
    }

    [Fact]
    public void A_reaction_that_creates_happens_when_there_is_room()
    {
        var reaction = new StartRun(new() { Workflow = "w" }) { By = Hub };
        _flow.Define("""{"id":"w","steps":[{"id":"a","task":{"title":"A"}}]}""");
        _flow.Hive.Engine.Full = true;
        _flow.Hive.State.Context.Reactions.Enqueue(reaction);
        _flow.Hive.DoAny(new ReadLive("none") { By = Hub });
        _flow.Hive.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(_flow.Working);

        Room();
        Assert.Equal(["A"], _flow.Working);
    }

    private Principal Hub => Principal.Hub(_flow.Hive.Options.Hive);

    private void Room()
    {
        _flow.Hive.Engine.Full = false;
        _flow.Hive.Advance(DueTimers.RetryAfter);
        _flow.Settle();
    }
}
