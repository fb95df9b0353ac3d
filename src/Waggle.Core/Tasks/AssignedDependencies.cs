using Microsoft.Extensions.Logging;
using Waggle.Core.Hives;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>
/// What the workers of a turn get of the tasks that theirs waited for. Those have ended and left memory, so they are read once the turn is durable and before it is told,
/// in one query for all. Used by the owner's loop alone.
/// </summary>
internal sealed partial class AssignedDependencies(string hive, ILogger log)
{
    // What one query reads at most: results in records have up to 32 KiB.
    private const int Slice = 64;

    private readonly Dictionary<string, IReadOnlyList<Dependency>> _byTask = new(StringComparer.Ordinal);

    /// <summary>Null for a task that waited for none.</summary>
    public IReadOnlyList<Dependency>? Of(string task) => _byTask.GetValueOrDefault(task);

    public void Clear() => _byTask.Clear();

    /// <param name="again">Tasks whose workers are told of an earlier assignment again.</param>
    public async Task ReadAsync(IStore store, HiveState state, IReadOnlyList<Sealed> batch, IReadOnlyList<string> again)
    {
        foreach (var id in again)
        {
            if (state.Task(id) is { Spec.DependsOn: { Count: > 0 } ids } task) _byTask[id] = await ReadAsync(store, state, task, ids);
        }

        foreach (var made in batch)
        {
            if (made.Data is TaskAssigned assigned && state.Task(assigned.Task) is { Spec.DependsOn: { Count: > 0 } ids } task)
                _byTask[task.Id] = await ReadAsync(store, state, task, ids);
        }
    }

    private async Task<IReadOnlyList<Dependency>> ReadAsync(IStore store, HiveState state, TaskEntity task, IReadOnlyList<string> ids)
    {
        var room = Math.Min(Limits.MaxAssignedResultBytes, Math.Max(0, (Limits.MaxMessageBytes / 2) - task.Spec.Input.Utf8.Length));
        var dependencies = new List<Dependency>(Math.Min(ids.Count, Limits.MaxAssignedDependencies));
        foreach (var some in ids.Distinct(StringComparer.Ordinal).Take(Limits.MaxAssignedDependencies).Chunk(Slice))
        {
            var stored = room > 0 ? await GetAsync(store, state, some) : null;
            foreach (var id in some)
            {
                var found = state.Task(id) ?? stored?.GetValueOrDefault(id);
                dependencies.Add(found is null ? new Dependency { Task = id, Omitted = true } : Of(found, ref room));
            }
        }

        return dependencies;
    }

    private async Task<Dictionary<string, TaskEntity>?> GetAsync(IStore store, HiveState state, string[] ids)
    {
        var keys = ids.Where(id => state.Task(id) is null).Select(id => new EntityKey(TaskEntity.Entity.Name, id)).ToArray();
        if (keys.Length == 0) return null;
        try
        {
            var found = await store.GetAsync(hive, keys, CancellationToken.None);
            return found.Select(e => TaskFeature.Tasks.Parse(e)).ToDictionary(t => t.Id, StringComparer.Ordinal);
        }
        catch (StoreException e)
        {
            // The assignment is durable: the worker gets it, and asks for the results itself.
            LogUnread(log, keys.Length, e);
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

    [LoggerMessage(17, LogLevel.Error, "{Count} tasks that an assigned one waited for could not be read: its worker gets their ids alone.")]
    private static partial void LogUnread(ILogger logger, int count, Exception e);
}
