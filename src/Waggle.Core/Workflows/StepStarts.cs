using System.Globalization;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Workflows.Definitions;
using Waggle.Core.Workflows.Expressions;
using Waggle.Core.Workflows.Values;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>Collects the records by which steps, items and compensations of one run start in one decision.</summary>
internal sealed class StepStarts(OpenRun run, IHiveView view, DecisionContext context, Principal hub)
{
    private const int None = -1;

    private readonly List<RecordData> _records = [];
    private readonly List<(StepPlace Place, TaskSpec Spec, IReadOnlyList<InputRef>? Refs)> _tasks = [];
    private int _children;
    private int _failedMap = -1;

    private string Run => run.Entity.Id;

    /// <summary>Starts a step without a map.</summary>
    public void Step(PlanStep step)
    {
        var definition = step.Definition;
        var place = new StepPlace(Run, step.Index, None, false);
        if (definition.Task is { } task) Task(place, task, path => run.ValueOf(path));
        else if (definition.Workflow is { } call) Child(place, call, path => run.ValueOf(path));
        else if (definition.Timer is { } timer) _records.Add(Started(step.Id) with { DueAt = context.Now + TimeSpan.FromMilliseconds(timer.DelayMs) });
        else Signal(step);
    }

    /// <summary>Starts a map; its items start one by one.</summary>
    public void Map(PlanStep step, int items) => _records.Add(Started(step.Id) with { Items = items });

    /// <summary>Starts an item of a map.</summary>
    public void Item(PlanStep step, int item, RawJson value)
    {
        if (_failedMap == step.Index) return;
        var place = new StepPlace(Run, step.Index, item, false);
        Bound ValueOf(PathRef path) => run.ValueOf(path, value, item);
        if (step.Definition.Task is { } task) Task(place, task, ValueOf);
        else Child(place, step.Definition.Workflow!, ValueOf);
    }

    public void Compensation(PlanStep step) => Task(new(Run, step.Index, None, true), step.Definition.Compensate!, path => run.ValueOf(path));

    /// <summary>
    /// Returns the records, with the tasks created; a caller starts no more of them than one request may create. If the run begins to stop, that comes last, so
    /// that everything that started is stopped.
    /// </summary>
    public IReadOnlyList<RecordData> Records()
    {
        if (_tasks.Count > 0) Create([.. _tasks]);
        return [.. _records.Where(r => r is not (WorkflowStopping or MapFailing)), .. _records.OfType<MapFailing>(), .. _records.OfType<WorkflowStopping>()];
    }

    private void Create((StepPlace Place, TaskSpec Spec, IReadOnlyList<InputRef>? Refs)[] some)
    {
        var create = new CreateTasks([.. some.Select(t => t.Spec)])
        {
            InputRefs = [.. some.Select(t => t.Refs)],
            By = hub with { Subject = run.Entity.CreatedBy, User = hub.User },
        };
        var decision = create.Decide(view, context);
        if (decision.Error is { } error)
        {
            foreach (var task in some) Fail(task.Place, new(error.Code, error.Message, run.Plan.Steps[task.Place.Step].Id));
            return;
        }

        for (var i = 0; i < some.Length; i++)
        {
            var (place, id) = (some[i].Place, decision.Value!.Tasks[i].Id);
            _records.Add(decision.Records[i]);
            _records.Add(place.Item >= 0
                ? new ItemStarted(Run, place.Step, place.Item, id, null)
                : Started(run.Plan.Steps[place.Step].Id) with { Task = id, Compensation = place.Compensation });
        }
    }

    private void Task(StepPlace place, TaskSpec task, Func<PathRef, Bound> valueOf)
    {
        var input = Templates.Bind(task.Input, valueOf);
        if (input.Value.Utf8.Length > Limits.MaxMessageBytes / 2 || input.IsTooDeep)
        {
            Fail(place, TooLarge(place));
            return;
        }

        var title = place.Item < 0
            ? task.Title
            : string.Create(CultureInfo.InvariantCulture, $"{PlainText.Clip(task.Title, Limits.MaxTitleLength - 12)} [{place.Item}]");
        _tasks.Add((place, task with { Title = title, Input = input.Value, Swarm = run.Entity.Swarm, Parent = Run }, input.Refs));
    }

    private void Child(StepPlace place, WorkflowCall call, Func<PathRef, Bound> valueOf)
    {
        var step = run.Plan.Steps[place.Step].Id;
        if (view.Definition(call.Id, call.Version ?? 0) is not { } definition)
        {
            Fail(place, new(ErrorCodes.NotFound, $"There is no version {call.Version} of workflow '{call.Id}'.", step));
            return;
        }

        var input = Templates.Bind(call.Input, valueOf);
        if (input.IsTooDeep)
        {
            Fail(place, TooLarge(place));
            return;
        }

        var creation = new RunCreation(view, context);
        var plan = view.Workflows.Read(definition);
        if (creation.Quota(definition, plan.Budget) is { } quota)
        {
            Fail(place, new(quota.Code, quota.Message, step));
            return;
        }

        var id = view.NextId(IdPrefix.Run, _children++);
        var created = creation.Create(id, definition, plan, run.Entity.Swarm, input, run.Entity.CreatedBy) with
        {
            ParentRun = Run,
            ParentStep = step,
            ParentItem = place.Item < 0 ? null : place.Item,
        };
        _records.Add(created);
        _records.Add(new RunInputKept(id, input, created.Deadline));
        _records.Add(place.Item >= 0 ? new ItemStarted(Run, place.Step, place.Item, null, id) : Started(step) with { Child = id });
    }

    private void Signal(PlanStep step)
    {
        var timeout = step.Definition.Signal!.TimeoutMs;
        _records.Add(Started(step.Id) with { DueAt = timeout is { } ms ? context.Now + TimeSpan.FromMilliseconds(ms) : null });
        if (run.Step(step.Index) is { Signalled: true }) _records.Add(RunDecisions.Ended(run, step.Index, WorkflowStepState.Completed, context, null));
    }

    private void Fail(StepPlace place, WorkflowError error)
    {
        if (place.Item >= 0) FailMap(place.Step, error);
        else if (!place.Compensation) _records.AddRange(RunDecisions.Failed(run, place.Step, error, context, _records));
        else
        {
            var step = run.Plan.Steps[place.Step].Id;
            _records.Add(Started(step) with { Compensation = true });
            _records.Add(RunDecisions.Ended(run, place.Step, WorkflowStepState.Failed, context, error) with { Compensation = true });
        }
    }

    /// <summary>
    /// Fails a map of which an item cannot start: no further item starts, and the step fails when the running ones have ended. Items that never started have
    /// no rows, because only a durable record gives a row its number.
    /// </summary>
    public void FailMap(int step, WorkflowError error)
    {
        if (_failedMap == step) return;
        _failedMap = step;
        _tasks.RemoveAll(t => t.Place.Step == step && t.Place.Item >= 0);
        _records.Add(new MapFailing(Run, step, error));
        if (RunDecisions.StopFor(run, step, error, _records) is { } stop) _records.Add(stop);
    }

    private WorkflowStepStarted Started(string step) => RunDecisions.Record(run, new WorkflowStepStarted { Run = Run, Workflow = "", Step = step });

    private WorkflowError TooLarge(StepPlace place) => new(
        ErrorCodes.TooLarge,
        $"The input of the step has more than {Limits.MaxMessageBytes / 2} bytes or {Limits.MaxDepth} levels.",
        run.Plan.Steps[place.Step].Id);
}
