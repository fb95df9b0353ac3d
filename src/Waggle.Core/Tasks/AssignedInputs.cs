using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>Reads the parts of inputs that are stored elsewhere.</summary>
internal interface IInputSource
{
    /// <summary>Returns one reader for the assignments of a turn, which reads each part once.</summary>
    IInputReader Open(IStore store);
}

internal interface IInputReader
{
    ValueTask<FilledInput> FillAsync(RawJson input, IReadOnlyList<InputRef> refs);
}

/// <param name="Omitted">The parts that are too large; they are null in the input.</param>
internal sealed record FilledInput(RawJson Input, IReadOnlyList<InputRef>? Omitted);

/// <summary>
/// Fills in the inputs of assigned tasks that refer to the outputs of others, after the turn is durable and before the workers receive them. Only the owner's
/// loop uses it.
/// </summary>
internal sealed class AssignedInputs(HiveContext hive, ITaskView tasks)
{
    /// <summary>The code of an error for an output that retention deleted.</summary>
    public const string Gone = "OUTPUT_GONE";

    private readonly Dictionary<string, FilledInput> _byTask = new(StringComparer.Ordinal);
    private readonly List<string> _wanted = [];

    /// <summary>Returns the input of a task with its parts; null for a task whose input is complete.</summary>
    public FilledInput? Of(string task) => _byTask.GetValueOrDefault(task);

    /// <summary>Notes that a message of this turn concerns this task.</summary>
    public void Want(string task)
    {
        if (tasks.Task(task) is { InputRefs.Count: > 0 }) _wanted.Add(task);
    }

    public void Clear()
    {
        _byTask.Clear();
        _wanted.Clear();
    }

    public async ValueTask ReadAsync(IStore store, IInputSource? source)
    {
        if (_wanted.Count == 0 || source is null) return;
        var reader = source.Open(store);
        foreach (var id in _wanted)
        {
            if (tasks.Task(id) is not { InputRefs: { Count: > 0 } refs } task) continue;
            try
            {
                var filled = _byTask[id] = await reader.FillAsync(task.Spec.Input, refs);
                if (filled.Omitted?.FirstOrDefault(o => o.Gone) is { } gone && task.Lease is { } lease)
                    hive.Due.Repeat(new FailUnreadable(id, lease.Token, Problem(gone)) { By = hive.Hub }, hive.Now);
            }
            catch (Exception e)
            {
                // The assignment is durable, so the worker receives it with the references and asks for the parts itself. A fault affects this task alone.
                TaskLog.InputUnread(hive.Log, id, e);
                _byTask[id] = new(task.Spec.Input, refs);
            }
        }
    }

    /// <summary>Whether the input needs a value that does not exist any more. The worker does not receive the task, which fails.</summary>
    public bool IsGone(string task) => Of(task)?.Omitted?.Any(o => o.Gone) == true;

    private static TaskError Problem(InputRef gone)
    {
        var source = gone.Task is { } task ? $"The result of task {task}"
            : gone.Run is { } run ? $"The input of run {run}"
            : $"The outputs of map {gone.Items}";
        return new(Gone, $"{source} for the place '{gone.At}' of the input was deleted by retention or a purge.");
    }
}

/// <summary>Fails a task whose input cannot be read any more, before its worker receives it. Another attempt would not help.</summary>
/// <param name="Token">The lease token of the assignment that found it out.</param>
internal sealed record FailUnreadable(string Task, long Token, TaskError Error) : TaskCommand<NoResult>(Task)
{
    protected override Decision<NoResult> Decide(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        if (task.State.IsTerminal() || !task.IsHeld || task.Lease?.Token != Token) return Decision.Nothing;
        var end = AttemptEnding.End(task, view, AttemptOutcomes.NotStarted, Error);
        return Decision.OfRecords(AttemptEnding.FailOrRetry(task, end, retryable: false, null, context));
    }
}
