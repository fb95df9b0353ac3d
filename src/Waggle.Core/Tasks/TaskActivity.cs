using Waggle.Protocol.Json;

namespace Waggle.Core.Tasks;

/// <summary>The last progress and log lines that a held task's worker sent.</summary>
internal sealed class TaskActivity
{
    public const int TailLines = 20;
    private const int MaxLineLength = 500;

    public double? Progress { get; set; }

    public Queue<string> LogTail { get; } = new();

    public void Add(IReadOnlyList<string> lines)
    {
        foreach (var line in lines) LogTail.Enqueue(PlainText.Clip(line, MaxLineLength));
        while (LogTail.Count > TailLines) LogTail.Dequeue();
    }
}

/// <summary>The activity of held tasks. It exists in memory only. Only the owner's loop uses it.</summary>
internal sealed class ActivityTable
{
    private readonly Dictionary<string, TaskActivity> _activity = new(StringComparer.Ordinal);

    public TaskActivity? this[string task] => _activity.GetValueOrDefault(task);

    public TaskActivity Of(string task)
    {
        if (!_activity.TryGetValue(task, out var activity)) _activity[task] = activity = new();
        return activity;
    }

    public void Remove(string task) => _activity.Remove(task);

    public void Clear() => _activity.Clear();
}
