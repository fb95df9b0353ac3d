using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>Compares the keys of the tasks of one request with those of open tasks and with each other.</summary>
internal sealed class CreationKeys(IHiveView view)
{
    private Dictionary<(string Swarm, string Key), Protocol.Messages.TaskCreated>? _singletons;
    private Dictionary<(string Swarm, string Key), (TaskCreated Created, int Index)>? _debounced;

    /// <summary>Returns the open task with the same singleton key, as a reply; null if there is none.</summary>
    public Protocol.Messages.TaskCreated? Open(TaskSpec spec, string swarm)
    {
        if (spec.Singleton is not { } singleton) return null;
        if (_singletons?.TryGetValue((swarm, singleton.Key), out var earlier) == true) return earlier with { Duplicate = true };
        return view.OpenKeys.Singleton(swarm, singleton.Key) is { } id && view.Task(id) is { } task
            ? new(id, task.State, Duplicate: true, task.MatchingAgents ?? 0)
            : null;
    }

    /// <summary>Returns the reason to refuse a task because of its keys.</summary>
    public Error? Problem(TaskSpec spec, string swarm, Protocol.Messages.TaskCreated? open)
    {
        if (open is not null && spec.Singleton is { OnConflict: not SingletonConflict.ReturnExisting } singleton)
            return new(ErrorCodes.AlreadyExists, $"Task {open.Id} with the singleton key '{singleton.Key}' is open ({TaskColumns.Name(open.State)}).");
        return spec.Rate is null || view.OpenKeys.TakesRate(swarm, spec.Rate)
            ? null
            : new(ErrorCodes.QuotaExceeded, $"The hive has {Limits.MaxRateKeys} rate limits in use, as many as it may: use fewer keys or shorter periods.");
    }

    /// <summary>Notes a task of the request.</summary>
    public void Note(TaskSpec spec, string swarm, Protocol.Messages.TaskCreated reply)
    {
        if (spec.Singleton is { } singleton && !reply.State.IsTerminal()) (_singletons ??= [])[(swarm, singleton.Key)] = reply;
    }

    /// <summary>Returns the end of the task whose place a new one takes, and its index if it is of this request.</summary>
    public (TaskCancelled Ended, int? Index)? Replace(TaskCreated created, int index)
    {
        if (created.Spec.Debounce is not { } debounce) return null;
        var key = (created.Swarm!, debounce.Key);
        (TaskCancelled, int?)? replaced = null;
        if (_debounced?.TryGetValue(key, out var earlier) == true)
            replaced = (Debounced(earlier.Created.Task, earlier.Created.Title, earlier.Created.Priority, created), earlier.Index);
        else if (view.OpenKeys.Debounced(created.Swarm!, debounce.Key) is { } id && view.Task(id) is { } task)
            replaced = (Debounced(id, task.Spec.Title, task.Priority, created), null);
        (_debounced ??= [])[key] = (created, index);
        return replaced;
    }

    private static TaskCancelled Debounced(string task, string title, int? priority, TaskCreated by) => new()
    {
        Task = task,
        Title = title,
        Swarm = by.Swarm,
        OldState = TaskState.Pending,
        State = TaskState.Cancelled,
        Priority = priority,
        CancelledBy = "hub",
        Reason = "debounced",
        Error = new("DEBOUNCED", $"Task {by.Task} with the debounce key '{by.Spec.Debounce!.Key}' took its place."),
    };
}
