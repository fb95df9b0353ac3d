using System.Collections.Concurrent;
using System.Diagnostics;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Exec;

/// <summary>Records how commands ended and reports each end after the hub has acknowledged it. No task is reported as done before that.</summary>
internal sealed class Endings(WorkerJournal journal)
{
    private readonly ConcurrentDictionary<long, WorkerEvent> _byToken = [];

    public void Assigned(Assign assign) => journal.Say(new WorkerEvent("assigned") { Task = assign.Task, Attempt = assign.Attempt, Title = assign.Spec.Title });

    /// <summary>Runs an attempt and records how it ended.</summary>
    public async Task<RawJson> WatchAsync(TaskWork work, Func<Task<RawJson>> run)
    {
        var since = Stopwatch.GetTimestamp();
        try
        {
            var result = await run();
            Remember(work, new WorkerEvent("completed"), since);
            return result;
        }
        catch (InputRequiredException e)
        {
            Remember(work, new WorkerEvent("asked", e.Message), since);
            throw;
        }
        catch (TaskFailedException e)
        {
            Remember(work, new WorkerEvent("failed", e.Message) { Code = e.Code }, since);
            throw;
        }
        catch (TaskRefusedException e)
        {
            Remember(work, new WorkerEvent("released", e.Message), since);
            throw;
        }
        catch (OperationCanceledException)
        {
            Remember(work, new WorkerEvent(work.CancelCause == CancelCause.TaskCancelled ? "cancelled" : "released", work.CancelReason), since);
            throw;
        }
    }

    public void Acknowledged(string task, int attempt, long token, TaskAck ack)
    {
        // Without an entry, the task was handed back before its command started.
        if (!_byToken.TryRemove(token, out var ending)) ending = new WorkerEvent(ack.State == TaskState.Cancelled ? "cancelled" : "released");
        // The hub refused the result or the question, so the worker reported a failure or a cancellation in its place.
        else if (ending.Event is "completed" or "asked" && Instead(ack.State) is { } instead)
            ending = ending with { Event = instead, Message = $"the hub rejected the report that the task {ending.Event}" };
        journal.Say(ending with { Task = task, Attempt = attempt });
    }

    public void Rejected(string task, int attempt, long token, string code)
    {
        _byToken.TryRemove(token, out var ending);
        journal.Say(new WorkerEvent(
            "rejected", $"the hub rejected the report that the task {ending?.Event ?? "ended"}")
        { Task = task, Attempt = attempt, Code = code });
    }

    private static string? Instead(TaskState state) => state switch
    {
        TaskState.Failed or TaskState.RetryWait => "failed",
        TaskState.Cancelled => "cancelled",
        _ => null,
    };

    private void Remember(TaskWork work, WorkerEvent ending, long since) =>
        _byToken[work.Token] = ending with { DurationMs = (long)Stopwatch.GetElapsedTime(since).TotalMilliseconds };
}
