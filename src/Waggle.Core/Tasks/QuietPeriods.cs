using System.Globalization;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>
/// The pending tasks that wait for the end of the quiet period after their creation. The period follows from the task, so nothing is stored. Only the owner's
/// loop uses it.
/// </summary>
internal sealed class QuietPeriods
{
    private const string TimerKind = "task_quiet";

    private readonly HiveContext _hive;
    private readonly HashSet<string> _quiet = new(StringComparer.Ordinal);

    /// <param name="end">Handles a task whose period ended.</param>
    public QuietPeriods(HiveContext hive, Action<string> end)
    {
        _hive = hive;
        hive.Timer(TimerKind, task => new EndQuietPeriod(task) { By = hive.Hub });
        hive.On<QuietPeriodEnded>((ended, _, _) => end(ended.Task));
    }

    public int Count => _quiet.Count;

    public bool Has(string task) => _quiet.Contains(task);

    /// <summary>Returns whether a task is in its quiet period, and sets the timer of its end.</summary>
    public bool Follow(TaskEntity task)
    {
        if (task.Spec.Debounce is null) return false;
        var isQuiet = EndOf(task) > _hive.Now;
        if (isQuiet) _quiet.Add(task.Id);
        else _quiet.Remove(task.Id);
        _hive.Timers.Set(new EntityKey(TimerKind, task.Id), isQuiet ? EndOf(task) : null);
        return isQuiet;
    }

    public static string Text(TaskEntity task) => string.Create(
        CultureInfo.InvariantCulture, $"debounce:{task.Spec.Debounce!.Key} (until {EndOf(task):yyyy-MM-dd'T'HH:mm:ss.fff'Z'})");

    public void Clear() => _quiet.Clear();

    // A task that had an attempt is past its period: attempts begin after it.
    private static DateTimeOffset? EndOf(TaskEntity task) => task is { State: TaskState.Pending, Attempt: 0, Spec.Debounce: { } debounce }
        ? task.CreatedAt.AddMilliseconds(debounce.PeriodMs)
        : null;

    private sealed record EndQuietPeriod(string Task) : TaskCommand<NoResult>(Task)
    {
        public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
        {
        }

        protected override Decision<NoResult> Decide(TaskEntity task, IHiveView view, in DecisionContext context) =>
            EndOf(task) <= context.Now ? Decision.OfRecords(new QuietPeriodEnded(task.Id)) : Decision.Nothing;
    }

    private sealed record QuietPeriodEnded(string Task) : InternalData;
}
