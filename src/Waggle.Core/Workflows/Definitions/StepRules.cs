using Waggle.Core.Tasks;
using Waggle.Core.Workflows.Expressions;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows.Definitions;

/// <summary>Checks one step, without its references to others. Pure.</summary>
internal static class StepRules
{
    private const long YearMs = 365L * 86_400_000;
    private const double MaxWeight = 1_000_000;

    public static void Check(WorkflowStep step, string place)
    {
        Kind(step, place);
        if (step.Task is { } task) Task(task, $"{place}.task");
        if (step.Compensate is { } undo) Task(undo, $"{place}.compensate");
        if (step.Workflow is { } call) Call(call, $"{place}.workflow");
        if (step.Timer is { } timer) Range($"{place}.timer.delay_ms", timer.DelayMs, 0, YearMs);
        if (step.Signal is { } signal)
        {
            if (!Ids.IsValid(signal.Name)) throw new DefinitionException($"{place}.signal.name", Ids.Rule("name", signal.Name));
            if (signal.TimeoutMs is { } timeout) Range($"{place}.signal.timeout_ms", timeout, 1, YearMs);
        }

        if (step.Weight is { } weight && !(weight is >= 0 and <= MaxWeight)) throw new DefinitionException($"{place}.weight", $"it is 0 to {MaxWeight:0}");
        if (step.Compensate is not null && step.Timer is not null) throw new DefinitionException($"{place}.compensate", "a timer has nothing to undo");
        Join(step.Join, step.AtLeast, place);
        if (step.Map is { } map) Map(step, map, place);
    }

    private static void Kind(WorkflowStep step, string place)
    {
        var kinds = (step.Task is null ? 0 : 1) + (step.Workflow is null ? 0 : 1) + (step.Timer is null ? 0 : 1) + (step.Signal is null ? 0 : 1);
        if (kinds != 1) throw new DefinitionException(place, $"a step has exactly one of task, workflow, timer and signal; '{step.Id}' has {kinds}");
    }

    private static void Task(TaskSpec task, string place)
    {
        if (task.DependsOn is not null) throw new DefinitionException($"{place}.depends_on", "write depends_on at the step");
        if (task.Join is not null) throw new DefinitionException($"{place}.join", "write join at the step");
        if (task.Swarm is not null) throw new DefinitionException($"{place}.swarm", "write swarm at the workflow");
        if (task.Parent is not null) throw new DefinitionException($"{place}.parent", "the run is the parent of its tasks");
        if (task.IdempotencyKey is not null) throw new DefinitionException($"{place}.idempotency_key", "a step creates its task once: it needs no key");
        if (task.Singleton is not null) throw new DefinitionException($"{place}.singleton", "a step has a task of its own: give the run a key");
        if (task.Debounce is not null) throw new DefinitionException($"{place}.debounce", "a step has a task of its own: start the run later");
        if (TaskRules.FieldProblem(task) is { } problem) throw new DefinitionException(place, problem.Message);
    }

    private static void Call(WorkflowCall call, string place)
    {
        if (!Ids.IsValid(call.Id)) throw new DefinitionException($"{place}.id", Ids.Rule("id", call.Id));
        if (call.Version is < 1) throw new DefinitionException($"{place}.version", $"versions begin at 1; it was {call.Version}");
    }

    private static void Map(WorkflowStep step, WorkflowMap map, string place)
    {
        if (step.Task is null && step.Workflow is null) throw new DefinitionException($"{place}.map", "only a task or a workflow runs for each item");
        Join(map.Join, map.AtLeast, $"{place}.map");
        if (map.AtLeast is { } least) Range($"{place}.map.at_least", least, 1, Limits.MaxWorkflowItems);
        var over = PlanBuilder.At($"{place}.map.over", () => PathRef.Parse(map.Over ?? throw new DefinitionException($"{place}.map.over", "it is missing")));
        if (over.Root is not (PathRoot.Input or PathRoot.Output)) throw new DefinitionException($"{place}.map.over", "a list is in the input or in an output");
    }

    private static void Join(StepJoin? join, int? atLeast, string place)
    {
        if (join == StepJoin.NOfM && atLeast is null) throw new DefinitionException($"{place}.at_least", "the join n_of_m needs a number");
        if (join is not (null or StepJoin.NOfM) && atLeast is not null) throw new DefinitionException($"{place}.at_least", "it belongs to the join n_of_m");
    }

    private static void Range(string place, long value, long least, long most)
    {
        if (value < least || value > most) throw new DefinitionException(place, $"it is {least} to {most}; it was {value}");
    }
}
