using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>
/// Reads the dependencies of assigned tasks for their workers. Finished dependencies have left memory, so the reader fetches them after the turn is durable and
/// before the workers receive it, in one query for all. Only the owner's loop uses it.
/// </summary>
internal sealed class AssignedDependencies(HiveContext hive, ITaskView tasks)
{
    // The greatest number of tasks in one query, because results in records have up to 32 KiB.
    private const int Slice = 64;

    private readonly Dictionary<string, IReadOnlyList<Dependency>?> _byTask = new(StringComparer.Ordinal);
    private readonly List<string> _wanted = [];

    /// <summary>Returns the dependencies of a task; null for a task without any.</summary>
    public IReadOnlyList<Dependency>? Of(string task) => _byTask.GetValueOrDefault(task);

    /// <summary>Notes that a message of this turn concerns this task.</summary>
    public void Want(string task)
    {
        if (tasks.Task(task) is { Spec.DependsOn.Count: > 0 }) _wanted.Add(task);
    }

    public void Clear()
    {
        _byTask.Clear();
        _wanted.Clear();
    }

    public ValueTask ReadAsync(IStore store) => _wanted.Count == 0 ? ValueTask.CompletedTask : new(ReadWantedAsync(store));

    private async Task ReadWantedAsync(IStore store)
    {
        foreach (var id in _wanted)
        {
            if (tasks.Task(id) is { Spec.DependsOn: { Count: > 0 } ids } task) _byTask[id] = await ReadAsync(store, task, ids);
        }
    }

    private async Task<IReadOnlyList<Dependency>> ReadAsync(IStore store, TaskEntity task, IReadOnlyList<string> ids)
    {
        var room = Math.Min(Limits.MaxAssignedResultBytes, Math.Max(0, (Limits.MaxMessageBytes / 2) - task.Spec.Input.Utf8.Length));
        var dependencies = new List<Dependency>(Math.Min(ids.Count, Limits.MaxAssignedDependencies));
        foreach (var some in ids.Distinct(StringComparer.Ordinal).Take(Limits.MaxAssignedDependencies).Chunk(Slice))
        {
            var stored = room > 0 ? await GetAsync(store, some) : null;
            foreach (var id in some)
            {
                var found = tasks.Task(id) ?? stored?.GetValueOrDefault(id);
                dependencies.Add(found is null ? new Dependency { Task = id, Omitted = true } : Of(found, ref room));
            }
        }

        return dependencies;
    }

    private async Task<Dictionary<string, TaskEntity>?> GetAsync(IStore store, string[] ids)
    {
        var keys = ids.Where(id => tasks.Task(id) is null).Select(id => new EntityKey(TaskEntity.Entity.Name, id)).ToArray();
        if (keys.Length == 0) return null;
        try
        {
            var found = await store.GetAsync(hive.Hive, keys, CancellationToken.None);
            return found.Select(e => TaskFeature.Tasks.Parse(e)).ToDictionary(t => t.Id, StringComparer.Ordinal);
        }
        catch (StoreException e)
        {
            // The assignment is durable, so the worker receives it without the results and asks for them itself.
            TaskLog.DependenciesUnread(hive.Log, keys.Length, e);
            return null;
        }
    }

    private static Dependency Of(TaskEntity ended, ref int room)
    {
        var bytes = ended.Result.IsNull ? 0 : ended.Result.Utf8.Length;
        var fits = bytes <= Limits.MaxRecordedResultBytes && bytes <= room;
        if (fits) room -= bytes;
        return new Dependency
        {
            Task = ended.Id,
            State = ended.State,
            Result = fits ? ended.Result : default,
            ResultRef = ended.ResultRef,
            Error = ended.Error,
            Omitted = !fits,
        };
    }
}
