using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Core.Workflows;
using Waggle.Core.Workflows.Values;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Workflows;

/// <summary>A hive with one worker for the tasks of workflows, and with the evaluator's work done on request.</summary>
internal sealed class FlowHive
{
    private TestWorker _worker;

    public FlowHive(Random? dice = null)
    {
        Hive = new TestHive(dice: dice);
        _worker = Hive.Worker("w1", slots: 10_000);
    }

    public TestHive Hive { get; }

    public TestWorker Worker => _worker;

    public WorkflowView Define(string definition) => Hive.Ok(new DefineWorkflow(RawJson.Parse(definition)) { By = TestHive.User });

    public WorkflowRunView Start(string workflow, string input = "null", string? key = null, RunConflict? onConflict = null)
    {
        var run = Hive.Ok(new StartRun(new() { Workflow = workflow, Input = RawJson.Parse(input), Key = key, OnConflict = onConflict }) { By = TestHive.User });
        Settle();
        return run;
    }

    /// <summary>Does what the evaluator does, and fires what is due, until nothing is left to do now.</summary>
    public void Settle()
    {
        var hub = Principal.Hub(Hive.Options.Hive);
        while (true)
        {
            Hive.Advance(TimeSpan.Zero);
            if (Hive.Engine.Full) return;
            var steps = Hive.Ok(new EvaluateNext(16) { By = hub });
            if (steps.Count == 0) return;
            foreach (var step in steps)
            {
                foreach (var command in Evaluation.CommandsAsync(step, Reader(), hub).AsTask().GetAwaiter().GetResult()) Hive.DoAny(command);
            }
        }
    }

    public ValueReader Reader() => new(
        new(keys => Hive.Store.GetAsync(Hive.Options.Hive, keys, CancellationToken.None), range => Hive.Store.RangeAsync(Hive.Options.Hive, range, CancellationToken.None), null),
        Limits.MaxWorkflowListBytes);

    public void Restart()
    {
        Hive.Restart();
        _worker = Hive.Worker("w1", slots: 10_000);
        Settle();
    }

    /// <summary>The titles of the tasks that the worker has.</summary>
    public IReadOnlyList<string> Working => [.. Hive.State.Tasks.Where(t => t.State.IsHeld()).OrderBy(t => t.Seq).Select(t => t.Spec.Title)];

    public TaskEntity Task(string title) => Hive.State.Tasks.Single(t => t.Spec.Title == title);

    /// <summary>The input of a task as the worker received it.</summary>
    public string InputOf(string title) => Assigned(title).Spec.Input.ToString();

    /// <summary>The parts that the input lacked when the worker received it.</summary>
    public IReadOnlyList<InputRef>? OmittedOf(string title) => Assigned(title).InputRefs;

    public void Complete(string title, string result = "null")
    {
        _worker.Complete(Lease(title), result);
        Settle();
    }

    public void Fail(string title)
    {
        _worker.Fail(Lease(title), retryable: false);
        Settle();
    }

    public void ConfirmCancelled(string title)
    {
        _worker.ConfirmCancelled(Lease(title));
        Settle();
    }

    public RunEntity Run(string run) => Hive.State.Run(run)
        ?? WorkflowFeature.Runs.Parse(Hive.Store.Entities(Hive.Options.Hive).Single(e => e.Kind == "workflow_run" && e.Id == run));

    /// <summary>The output of a run with its values. The store in memory answers at once, so no thread is blocked.</summary>
    public string OutputOf(string run) => Reader().ReadAsync(Run(run).Output!).AsTask().GetAwaiter().GetResult().Value.GetRawText();

    public WorkflowRunState StateOf(string run) => Run(run).State;

    /// <summary>The stored steps of a run, without items and compensations, as "step state".</summary>
    public IReadOnlyList<string> Steps(string run) =>
    [
        .. Stored(run).Where(s => s is { Item: null, Compensation: false }).OrderBy(s => s.Step, StringComparer.Ordinal)
            .Select(s => $"{s.Step} {SnakeCase.Of(s.State)}"),
    ];

    public IEnumerable<StepEntity> Stored(string run) => Hive.Store.Entities(Hive.Options.Hive)
        .Where(e => e.Kind == "workflow_step" && e.Columns[0] == run).Select(e => WorkflowFeature.Steps.Parse(e));

    private Waggle.Core.Agents.Assignment Assigned(string title)
    {
        var id = Task(title).Id;
        return _worker.Link.Assignments.FindLast(a => a.Lease.Task == id)!;
    }

    /// <summary>Reports what the attempt at a task used so far.</summary>
    public void Use(string title, Usage usage)
    {
        _worker.Use(usage, Lease(title));
        Settle();
    }

    public Waggle.Protocol.Messages.LeaseRef Lease(string title) => new(Task(title).Id, Task(title).Lease!.Attempt, Task(title).Lease!.Token);
}
