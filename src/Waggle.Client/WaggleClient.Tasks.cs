using System.Diagnostics;
using System.Runtime.CompilerServices;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

public sealed partial class WaggleClient
{
    /// <summary>Creates one task. Without an idempotency key the SDK adds one, so that a lost connection cannot create the task twice.</summary>
    public async Task<TaskCreated> CreateTaskAsync(TaskSpec spec, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return (await CreateTasksAsync([spec], cancel))[0];
    }

    /// <summary>
    /// Creates many tasks, in order, in as few messages as their number and size permit. Each message creates all of its tasks or none. If one fails, the
    /// earlier ones stand and the later ones are not sent. Idempotency keys of your own permit another call after an error.
    /// </summary>
    public async Task<IReadOnlyList<TaskCreated>> CreateTasksAsync(IReadOnlyList<TaskSpec> specs, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(specs);
        using var span = Tracing.Create(specs.Count);
        try
        {
            return await CreateAsync(Activity.Current is null ? specs : [.. specs.Select(Tracing.Carry)], cancel);
        }
        catch (Exception e)
        {
            span?.Failed(e);
            throw;
        }
    }

    /// <summary>Returns one task, with every attempt.</summary>
    public Task<TaskView> ShowTaskAsync(string task, CancellationToken cancel = default) =>
        CommandAsync(new TaskShow { Task = task }, HubJson.Default.TaskView, cancel);

    /// <summary>Lists all tasks that match. It fetches the pages as the caller reads them.</summary>
    public async IAsyncEnumerable<TaskView> ListTasksAsync(TaskFilter? filter = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        filter ??= new TaskFilter();
        var page = new TaskList
        {
            Swarm = filter.Swarm,
            States = filter.States,
            Parent = filter.Parent,
            Agent = filter.Agent,
            Ascending = filter.Ascending,
            Limit = filter.PageSize,
        };
        string? cursor = null;
        do
        {
            var (tasks, next) = await CommandAsync(page with { Cursor = cursor }, HubJson.Default.TaskPage, cancel);
            foreach (var task in tasks) yield return task;
            cursor = next;
        }
        while (cursor is not null);
    }

    /// <summary>Cancels a task. A task without a worker ends at once; otherwise the hub asks the worker to stop.</summary>
    /// <param name="force">Whether to take the task from its worker at once and not after the grace period.</param>
    public Task<TaskAck> CancelTaskAsync(string task, string? reason = null, bool force = false, CancellationToken cancel = default) =>
        CommandAsync(new TaskCancel { Task = task, Reason = reason, Force = force }, HubJson.Default.TaskAck, cancel);

    /// <summary>Changes the priority of a task.</summary>
    /// <param name="priority">The priority, 1 (first) to 5 (last).</param>
    public Task<TaskAck> SetPriorityAsync(string task, int priority, CancellationToken cancel = default) =>
        CommandAsync(new TaskSetPriority { Task = task, Priority = priority }, HubJson.Default.TaskAck, cancel);

    /// <summary>Creates a new task with the spec of one that ended without success. A second call returns the same new task.</summary>
    public Task<TaskCreated> RetryTaskAsync(string task, CancellationToken cancel = default) =>
        CommandAsync(new TaskRetry { Task = task }, HubJson.Default.TaskCreated, cancel);

    private async Task<List<TaskCreated>> CreateAsync(IReadOnlyList<TaskSpec> specs, CancellationToken cancel)
    {
        var created = new List<TaskCreated>(specs.Count);
        foreach (var chunk in TaskChunks.Split(specs))
        {
            var message = new TaskCreate { Tasks = [.. chunk.Select(WithKey)] };
            created.AddRange((await CommandAsync(message, HubJson.Default.TasksCreated, cancel)).Tasks);
        }

        return created;
    }

    private TaskSpec WithKey(TaskSpec spec) =>
        spec.IdempotencyKey is null ? spec with { IdempotencyKey = Guid.CreateVersion7(_options.Time.GetUtcNow()).ToString("N") } : spec;
}
