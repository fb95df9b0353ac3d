using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>
/// The open tasks of a swarm that is being stopped, the newest first and some at a time. The cursor finds them once for a stop and not once for each step, so
/// that a step costs in proportion to its cancellations. Only the owner's loop uses it.
/// </summary>
/// <param name="open">Returns all open tasks of the hive.</param>
/// <param name="find">Returns a task's current value; null if it is no longer open.</param>
internal sealed class StopCursors(Func<IEnumerable<TaskEntity>> open, Func<string, TaskEntity?> find)
{
    private readonly Dictionary<string, Cursor> _cursors = new(StringComparer.Ordinal);

    /// <summary>Returns the next tasks that were created before an offset and are not being cancelled; empty if none is left.</summary>
    public IReadOnlyList<TaskEntity> Next(string swarm, long below, int most)
    {
        var next = new List<TaskEntity>();
        var cursor = _cursors.GetValueOrDefault(swarm);
        if (cursor?.Below == below) cursor.Take(most, find, next);
        if (next.Count > 0) return next;

        // No task is created below the offset any more; a task that a step could not cancel is found again here.
        var left = open().Where(t => t.Swarm == swarm && t.Seq < below && IsLeft(t)).OrderByDescending(t => t.Seq);
        _cursors[swarm] = cursor = new Cursor(below, [.. left.Select(t => t.Id)]);
        cursor.Take(most, find, next);
        if (next.Count == 0) _cursors.Remove(swarm);
        return next;
    }

    public void Reset() => _cursors.Clear();

    private static bool IsLeft(TaskEntity task) => task.State != TaskState.Cancelling;

    private sealed class Cursor(long below, string[] tasks)
    {
        private int _at;

        public long Below => below;

        public void Take(int most, Func<string, TaskEntity?> find, List<TaskEntity> next)
        {
            // The cursor skips the tasks of the step before here and not there, because a step that failed is decided again over the same tasks.
            while (_at < tasks.Length && Left(_at, find) is null) _at++;
            for (var at = _at; next.Count < most && at < tasks.Length; at++)
            {
                if (Left(at, find) is { } task) next.Add(task);
            }
        }

        private TaskEntity? Left(int at, Func<string, TaskEntity?> find) => find(tasks[at]) is { } task && IsLeft(task) ? task : null;
    }
}
