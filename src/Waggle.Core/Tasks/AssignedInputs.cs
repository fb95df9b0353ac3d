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
                _byTask[id] = await reader.FillAsync(task.Spec.Input, refs);
            }
            catch (Exception e)
            {
                // The assignment is durable, so the worker receives it with the references and asks for the parts itself. A fault affects this task alone.
                TaskLog.InputUnread(hive.Log, id, e);
                _byTask[id] = new(task.Spec.Input, refs);
            }
        }
    }
}
