using Waggle.Core.Workflows.Definitions;
using Waggle.Core.Workflows.Expressions;
using Waggle.Core.Workflows.Values;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>
/// An open run in memory: its steps, and what follows from their states. The end of a step costs the number of steps that name it, and not the size of the
/// run. Only the owner's loop uses it.
/// </summary>
internal sealed class OpenRun
{
    private readonly StepEntity?[] _steps;
    private readonly int[] _openBefore;
    private readonly int[] _doneBefore;
    private readonly SortedSet<int> _ready = [];
    private readonly SortedSet<int> _active = [];
    private readonly Dictionary<int, MapItems> _maps = [];
    private readonly SortedSet<(int Step, int Item)> _toStop = [];
    private readonly Dictionary<int, StepEntity> _compensations = [];
    private Stack<int>? _toCompensate;

    public OpenRun(RunEntity entity, WorkflowPlan plan)
    {
        Entity = entity;
        Plan = plan;
        _steps = new StepEntity?[plan.Steps.Count];
        _openBefore = [.. plan.Steps.Select(s => s.Before.Length)];
        _doneBefore = new int[plan.Steps.Count];
        foreach (var step in plan.Steps)
        {
            if (step.Before.Length == 0) _ready.Add(step.Index);
        }
    }

    public RunEntity Entity { get; set; }

    public WorkflowPlan Plan { get; }

    /// <summary>What of the run could not be loaded, so that the hub fails it; null if all is there.</summary>
    public string? Damage { get => field ?? Entity.Damage; set; }

    /// <summary>The waiting steps whose join rule is met, or cannot be met any more.</summary>
    public IReadOnlyCollection<int> Ready => _ready;

    /// <summary>The steps that the hub evaluates or that run.</summary>
    public IReadOnlyCollection<int> Active => _active;

    /// <summary>The running parts that a stopping run has not yet told to stop; the item is -1 for a step without items.</summary>
    public IReadOnlyCollection<(int Step, int Item)> ToStop => _toStop;

    /// <summary>The compensation that runs; null if none does.</summary>
    public StepEntity? Compensation { get; private set; }

    /// <summary>The next step to compensate; null if none is left.</summary>
    public int? NextCompensation => _toCompensate is { Count: > 0 } steps ? steps.Peek() : null;

    /// <summary>Whether the run has something to begin, to stop or to end now, and does not only wait for what runs.</summary>
    public bool CanGoOn => Entity.Restored is null && Entity.State switch
    {
        WorkflowRunState.Queued => true,
        WorkflowRunState.Running => _ready.Count > 0 || _active.Count == 0,
        WorkflowRunState.Compensating => Compensation is null,
        _ => _toStop.Count > 0 || _active.Count == 0 || _active.Any(i => Map(i) is { Running.Count: 0 }),
    };

    /// <summary>The steps, items and the compensation that run.</summary>
    public IEnumerable<StepEntity> Running
    {
        get
        {
            foreach (var index in _active)
            {
                if (_maps.TryGetValue(index, out var map))
                {
                    foreach (var item in map.Running.Values) yield return item;
                }
                else if (_steps[index] is { State: WorkflowStepState.Running } step) yield return step;
            }

            if (Compensation is { } undo) yield return undo;
        }
    }

    /// <summary>Whether a completed step has a compensation.</summary>
    public bool HasCompensations => Plan.Steps.Any(s => s.Definition.Compensate is not null && _steps[s.Index] is { State: WorkflowStepState.Completed });

    public StepEntity? Step(int index) => _steps[index];

    public MapItems? Map(int index) => _maps.GetValueOrDefault(index);

    /// <summary>Whether the join rule of a step is met.</summary>
    public bool Starts(int index) =>
        Plan.Steps[index] is var step && JoinRules.IsMet(step.Join, step.Definition.AtLeast, step.Before.Length, _doneBefore[index]);

    /// <summary>Takes up a stored step, after a restart or for a retry. Items of a map come after their step.</summary>
    public void Load(StepEntity stored)
    {
        if (Plan.IndexOf(stored.Step) is not { } index) return;
        if (stored.Compensation) PutCompensation(index, stored);
        else if (stored.Item is { } item) MapOf(index).Load(item, stored);
        else Put(index, stored);
    }

    /// <summary>Sets the next value of a step.</summary>
    /// <returns>Whether another step became ready, or nothing is active any more.</returns>
    public bool Put(int index, StepEntity step)
    {
        var before = _steps[index];
        _steps[index] = step;
        _ready.Remove(index);
        if (step.Items is { } count && !_maps.ContainsKey(index)) _maps[index] = new(count);
        if (!IsEnded(step.State))
        {
            if (step.State is WorkflowStepState.Evaluating or WorkflowStepState.Running) _active.Add(index);
            else if (_openBefore[index] == 0 || Decided(index)) _ready.Add(index);
            return false;
        }

        if (before is not null && IsEnded(before.State)) return false;
        _active.Remove(index);
        _toStop.Remove((index, -1));
        var more = _active.Count == 0;
        foreach (var after in Plan.Steps[index].After)
        {
            _openBefore[after]--;
            if (step.State == WorkflowStepState.Completed) _doneBefore[after]++;
            if (_steps[after] is { State: not WorkflowStepState.Waiting } || !Decided(after)) continue;
            more |= _ready.Add(after);
        }

        return more;
    }

    public void PutCompensation(int index, StepEntity step)
    {
        _compensations[index] = step;
        if (!IsEnded(step.State)) Compensation = step;
        else if (Compensation?.Step == step.Step) Compensation = null;
        if (_toCompensate is { Count: > 0 } steps && steps.Peek() == index) steps.Pop();
    }

    /// <summary>Notes all running parts as to be told to stop.</summary>
    public void BeginStop()
    {
        foreach (var index in _active)
        {
            if (_maps.TryGetValue(index, out var map))
            {
                foreach (var item in map.Running.Keys) _toStop.Add((index, item));
            }
            else
            {
                _toStop.Add((index, -1));
            }
        }
    }

    public void StopAsked(int step, int item) => _toStop.Remove((step, item));

    /// <summary>Notes the completed steps that have a compensation, the last completed one first.</summary>
    public void BeginCompensation()
    {
        _toCompensate = new(_steps.Select((step, i) => (Step: step, Index: i))
            .Where(s => s.Step is { State: WorkflowStepState.Completed } && Plan.Steps[s.Index].Definition.Compensate is not null)
            .Where(s => !_compensations.ContainsKey(s.Index))
            .OrderBy(s => s.Step!.EndedSeq).Select(s => s.Index));
    }

    /// <summary>Returns the value of a path's source, with references in place of what is stored elsewhere.</summary>
    public Bound ValueOf(PathRef path, RawJson? item = null, int? index = null) => path.Root switch
    {
        PathRoot.Input => Bound.OfInput(Entity.Id),
        PathRoot.Item => item is { } value ? Bound.Of(value) : Bound.Null,
        PathRoot.Index => index is { } number ? Bound.Of(RawJson.Parse(number.ToString(System.Globalization.CultureInfo.InvariantCulture))) : Bound.Null,
        PathRoot.State => Bound.Of(RawJson.Parse($"\"{SnakeCase.Of(StateOf(path.Step!))}\"")),
        _ => Plan.IndexOf(path.Step!) is { } at && _steps[at] is { } step ? step.Value : Bound.Null,
    };

    /// <summary>The share of the weight that running maps have done.</summary>
    public double PartialWeight() =>
        _maps.Keys.Where(_active.Contains).Sum(i => _steps[i] is { Items: > 0 } s ? Plan.Steps[i].Weight * s.EndedItems / s.Items.Value : 0);

    public static bool IsEnded(WorkflowStepState state) =>
        state is WorkflowStepState.Completed or WorkflowStepState.Failed or WorkflowStepState.Skipped or WorkflowStepState.Cancelled;

    private WorkflowStepState StateOf(string step) => Plan.IndexOf(step) is { } at && _steps[at] is { } there ? there.State : WorkflowStepState.Waiting;

    // Whether the ends of the steps before it decide whether the step starts.
    private bool Decided(int index)
    {
        var (step, open, done) = (Plan.Steps[index], _openBefore[index], _doneBefore[index]);
        if (open == 0) return true;
        return step.Join switch
        {
            StepJoin.AllDone => false,
            StepJoin.All => done + open < step.Before.Length,
            StepJoin.Any => done > 0,
            _ => done >= step.Definition.AtLeast || done + open < step.Definition.AtLeast,
        };
    }

    private MapItems MapOf(int index) => _maps.TryGetValue(index, out var map) ? map : _maps[index] = new(_steps[index]?.Items ?? 0);
}

/// <summary>The rules for how many parts have to complete. Pure.</summary>
internal static class JoinRules
{
    /// <summary>Whether the rule is met when this number of parts completed and the others ended otherwise, or do not matter.</summary>
    public static bool IsMet(StepJoin join, int? atLeast, int parts, int completed) => join switch
    {
        StepJoin.All => completed == parts,
        StepJoin.Any => completed > 0 || parts == 0,
        StepJoin.NOfM => completed >= atLeast,
        _ => true,
    };
}

/// <summary>The items of a map in memory.</summary>
internal sealed class MapItems(int count)
{
    private readonly WorkflowStepState[] _states = new WorkflowStepState[count];

    /// <summary>The items that run.</summary>
    public Dictionary<int, StepEntity> Running { get; } = [];

    /// <summary>The number of items that have begun.</summary>
    public int Begun { get; private set; }

    public int Count => count;

    public WorkflowStepState this[int item] => item < count ? _states[item] : WorkflowStepState.Waiting;

    public IEnumerable<int> Missing => Enumerable.Range(0, count).Where(i => _states[i] == WorkflowStepState.Waiting);

    public void Load(int item, StepEntity entity) => Put(item, entity);

    public void Put(int item, StepEntity entity)
    {
        if (item >= count) return;
        if (_states[item] == WorkflowStepState.Waiting) Begun++;
        _states[item] = entity.State;
        if (entity.State == WorkflowStepState.Running) Running[item] = entity;
        else Running.Remove(item);
    }
}
