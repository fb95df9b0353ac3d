using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary>Waits for the end of a task and prints its changes until then.</summary>
internal static class TaskWait
{
    // Excludes the worker's log lines, which may be any number: 'waggle logs' prints them. Excludes task_failed, because the end of the task is printed last.
    private static readonly RawJson NoLogs = RawJson.Parse("""{"not":{"field":"kind","in":["task_log","task_failed","task_cancelled","task_expired"]}}""");

    /// <param name="raw">Whether to print a text result without JSON quotes.</param>
    public static async Task<int> RunAsync(HubCall call, WaggleClient client, TaskCreated created, bool raw)
    {
        if (!call.Print.IsJson) Printer.Note($"{created.Id} {SnakeCase.Of(created.State)}");
        if (!call.Print.IsJson && created.UnschedulableReason is { } reason) TaskText.Waits(reason);
        try
        {
            await using var observer = client.ObserveAsync(new ObserverFilter { Patterns = [$"task.{created.Id}.#"], Filter = NoLogs }, call.Cancel);
            var printing = call.Print.IsJson ? Task.FromResult(true) : PrintChangesAsync(observer, client, created.Id, call.Cancel);
            var task = await client.WaitForCompletionAsync(created.Id, call.Cancel);
            await observer.DisposeAsync();
            if (!await printing && task.State == TaskState.Completed) Printer.Note($"{task.Id} completed");
            return await ResultText.PrintAsync(call, client, task, raw);
        }
        catch (OperationCanceledException) when (call.Interrupt.Asked.IsCancellationRequested)
        {
            Printer.Note($"waggle: stopped waiting; the task continues. To cancel it, run 'waggle task cancel {created.Id}'.");
            return ExitCodes.Interrupted;
        }
    }

    // Returns whether the end was among the records: a task may end before the subscription is in force.
    private static async Task<bool> PrintChangesAsync(Observer observer, WaggleClient client, string id, CancellationToken cancel)
    {
        var ended = false;
        try
        {
            await foreach (var observation in observer)
            {
                if (observation is not RecordObserved { Record: var record }) continue;
                Printer.Note(RecordText.Line(record));
                ended |= record.Kind == "task_completed";
                if (record.Kind == "task_requeued" && (await client.ShowTaskAsync(id, cancel)).UnschedulableReason is { } reason) TaskText.Waits(reason);
            }
        }
        catch (Exception e) when (e is WaggleException or OperationCanceledException)
        {
            // This loop only prints. The loop that waits for the end reports the same error.
        }

        return ended;
    }
}
