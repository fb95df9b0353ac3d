using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>The tasks as a decision sees them.</summary>
internal interface ITaskView
{
    TaskEntity? Task(string id);

    /// <summary>Returns an ended attempt whose key the command named, or that ended in this batch.</summary>
    AttemptView? Attempt(string task, int attempt);

    /// <summary>Returns the task that was created under this key.</summary>
    string? TaskByIdempotencyKey(string swarm, string key);

    /// <summary>
    /// Returns the tasks of a swarm with an offset below this one and without a request to cancel, the newest first, so that a dependent task comes before its
    /// dependency.
    /// </summary>
    IReadOnlyList<TaskEntity> NewestOpen(string swarm, long below, int most);

    /// <summary>Returns the last reported progress and log lines of a held task.</summary>
    TaskActivity? Activity(string task);

    /// <summary>Returns the number of a blocked task's dependencies that have not ended.</summary>
    int OpenDependencies(string task);

    /// <summary>Returns the blocked tasks that wait for this one.</summary>
    IReadOnlyCollection<string> Dependents(string task);
}

/// <summary>The tasks of the swarms that a principal is limited to.</summary>
internal sealed class ReachableTasks(ITaskView whole, Principal by) : ITaskView
{
    public TaskEntity? Task(string id) => whole.Task(id) is { } task && by.Reaches(task.Swarm) ? task : null;

    public AttemptView? Attempt(string task, int attempt) => Task(task) is null ? null : whole.Attempt(task, attempt);

    public string? TaskByIdempotencyKey(string swarm, string key) => by.Reaches(swarm) ? whole.TaskByIdempotencyKey(swarm, key) : null;

    public IReadOnlyList<TaskEntity> NewestOpen(string swarm, long below, int most) => by.Reaches(swarm) ? whole.NewestOpen(swarm, below, most) : [];

    public TaskActivity? Activity(string task) => Task(task) is null ? null : whole.Activity(task);

    public int OpenDependencies(string task) => whole.OpenDependencies(task);

    public IReadOnlyCollection<string> Dependents(string task) => whole.Dependents(task);
}

internal static class TaskViewExtensions
{
    extension(IHiveView view)
    {
        public TaskEntity? Task(string id) => view.View<ITaskView>().Task(id);

        public AttemptView? Attempt(string task, int attempt) => view.View<ITaskView>().Attempt(task, attempt);

        public string? TaskByIdempotencyKey(string swarm, string key) => view.View<ITaskView>().TaskByIdempotencyKey(swarm, key);

        public IReadOnlyList<TaskEntity> NewestOpen(string swarm, long below, int most) => view.View<ITaskView>().NewestOpen(swarm, below, most);

        public TaskActivity? Activity(string task) => view.View<ITaskView>().Activity(task);

        public int OpenDependencies(string task) => view.View<ITaskView>().OpenDependencies(task);

        public IReadOnlyCollection<string> Dependents(string task) => view.View<ITaskView>().Dependents(task);
    }
}
