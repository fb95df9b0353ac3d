using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Core.Workflows;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Workflows;

public sealed class RunRepairTests
{
    private readonly FlowHive _flow = new();

    [Theory]
    [InlineData("""{"id":"w","steps":[{"id":"a","task":{"title":"A","input":{"x":{"$":"input"},"x":1}}}]}""", "steps[0].task.input: the member 'x' occurs twice")]
    [InlineData("""{"id":"w","steps":[{"id":"a","task":{"title":"A"},"task":{"title":"B"}}]}""", "steps[0].task: the field is there twice")]
    public void A_definition_with_a_member_twice_is_refused(string definition, string problem) =>
        Assert.Contains(problem, _flow.Hive.Refused(new DefineWorkflow(RawJson.Parse(definition)) { By = TestHive.User }).Message, StringComparison.Ordinal);

    [Fact]
    public void A_reaction_that_could_not_be_decided_happens_later()
    {
        var fault = new Faulting { By = Principal.Hub(_flow.Hive.Options.Hive) };
        _flow.Hive.State.Context.Reactions.Enqueue(fault);
        _flow.Hive.DoAny(new EvaluateNext(1) { By = Principal.Hub(_flow.Hive.Options.Hive) });
        Assert.Equal(1, fault.Times);
        _flow.Hive.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(3, fault.Times);
    }

    [Fact]
    public void The_end_of_a_task_that_its_run_missed_is_found_at_a_start()
    {
        _flow.Hive.State.Context.On<TaskRecord>((r, _, _) =>
        {
            if (r.State.IsTerminal()) _flow.Hive.State.Context.Reactions.Clear();
        });
        _flow.Define("""{"id":"w","steps":[{"id":"a","task":{"title":"A"}},{"id":"b","depends_on":["a"],"task":{"title":"B"}}]}""");
        var run = _flow.Start("w").Id;
        _flow.Complete("A");
        Assert.Equal(["a running"], _flow.Steps(run));
        _flow.Restart();

        Assert.Equal(["a completed", "b running"], _flow.Steps(run));
    }

    [Fact]
    public void A_run_with_a_damaged_step_fails_and_the_hub_starts()
    {
        _flow.Define("""{"id":"w","steps":[{"id":"a","task":{"title":"A"}},{"id":"b","depends_on":["a"],"task":{"title":"B"}}]}""");
        var (damaged, whole) = (_flow.Start("w").Id, _flow.Start("w").Id);
        _flow.Hive.Store.Damage(new("workflow_step", $"{damaged}/a"));
        _flow.Restart();

        Assert.Equal((WorkflowRunState.Failed, new WorkflowError("DAMAGED", $"The stored step '{damaged}/a' is damaged.")), (_flow.StateOf(damaged), _flow.Run(damaged).Error));
        Assert.Equal(WorkflowRunState.Running, _flow.StateOf(whole));
    }

    [Fact]
    public void A_run_whose_definition_is_damaged_fails_and_the_hub_starts()
    {
        _flow.Define("""{"id":"w","steps":[{"id":"a","task":{"title":"A"}}]}""");
        _flow.Define("""{"id":"v","steps":[{"id":"a","task":{"title":"A2"}}]}""");
        var (damaged, whole) = (_flow.Start("w").Id, _flow.Start("v").Id);
        _flow.Hive.Store.Damage(DefinitionEntity.KeyOf("w", 1));
        _flow.Restart();

        Assert.Equal((WorkflowRunState.Failed, "DAMAGED"), (_flow.StateOf(damaged), _flow.Run(damaged).Error!.Code));
        Assert.Equal(WorkflowRunState.Running, _flow.StateOf(whole));
    }

    // Fails as a reaction and once again.
    private sealed record Faulting : Command<NoResult>
    {
        public int Times { get; private set; }

        public override string Right => Permissions.WriteWorkflows;

        public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) =>
            ++Times < 3 ? throw new InvalidOperationException("It broke.") : Decision.Nothing;
    }
}
