using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>The stored log lines of tasks. Thread-safe.</summary>
/// <remarks>
/// Every method throws <see cref="WaggleException"/> with the hub's error code: <c>FORBIDDEN</c>, <c>INVALID_REQUEST</c>, <c>NOT_FOUND</c> (the task).
/// </remarks>
/// <example>
/// <code>
/// await foreach (TaskLogPage page in client.TaskLogs.FollowAsync("t1", level: AgentLogLevel.Warn))
///     foreach (AttemptLog attempt in page.Attempts)
///         foreach (TaskLogLine line in attempt.Lines) Console.WriteLine($"{line.At:u} {attempt.Agent}: {line.Line}");
/// </code>
/// </example>
public sealed class WaggleTaskLogs
{
    private static readonly string[] Ends = ["completed", "failed", "cancelled", "expired"];

    private readonly WaggleClient _client;

    internal WaggleTaskLogs(WaggleClient client) => _client = client;

    /// <summary>Reads one page: the lines after a cursor, or the last lines.</summary>
    /// <param name="attempt">Reads only the lines of this attempt; null for all.</param>
    /// <param name="level">Reads only lines of this level and of more important ones; null for all.</param>
    /// <param name="after">The cursor of the previous page, or <c>0</c> to start with the first line; null for the last lines.</param>
    /// <param name="limit">The greatest number of lines, 1 to 1,000.</param>
    public Task<TaskLogPage> ReadAsync(
        string task, int? attempt = null, AgentLogLevel? level = null, string? after = null, int limit = Limits.MaxPageSize,
        CancellationToken cancel = default) =>
        _client.CommandAsync(
            new TaskLogs { Task = task, Attempt = attempt, Level = level, After = after, Limit = limit }, HubJson.Default.TaskLogPage, cancel);

    /// <summary>
    /// Reads all lines after a cursor and then each new one, until the task ends. It reads stored lines only, so that a lost connection loses and repeats none.
    /// </summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async IAsyncEnumerable<TaskLogPage> FollowAsync(
        string task, int? attempt = null, AgentLogLevel? level = null, string? after = null, int limit = Limits.MaxPageSize,
        [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await using var observer = _client.ObserveAsync([$"task.{task}.log", .. Ends.Select(end => $"task.{task}.{end}")], cancel: cancel);
        await observer.Ready.WaitAsync(cancel);
        var ended = (await _client.ShowTaskAsync(task, cancel)).State.IsTerminal();
        await using var news = observer.GetAsyncEnumerator(cancel);
        while (true)
        {
            TaskLogPage page;
            do
            {
                page = await ReadAsync(task, attempt, level, after, limit, cancel);
                after = page.Cursor;
                if (page.Attempts.Any(a => a.Lines.Count > 0)) yield return page;
            }
            while (page.More);

            if (ended) yield break;
            do
            {
                if (!await news.MoveNextAsync()) yield break;
                ended = news.Current is RecordObserved { Record.Kind: not "task_log" };
            }
            while (!ended && IsKnown(news.Current, after));
        }
    }

    // Whether the page that was read last has the lines of a record.
    private static bool IsKnown(Observation news, string after)
    {
        if (news is not RecordObserved { Record: var record }) return false;
        var data = record.Data.ToElement();
        return !data.TryGetProperty("seq", out var seq)
            || (seq.ValueKind == JsonValueKind.Number
                && seq.GetInt64() + data.GetProperty("lines").GetArrayLength() - 1 <= long.Parse(after, CultureInfo.InvariantCulture));
    }
}
