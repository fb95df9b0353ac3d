using Waggle.Client;
using Waggle.Shared;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Commands;

/// <summary>The end of a task, and what happens on the way there.</summary>
internal static class TaskWait
{
    // What its worker logs is not the way to its end, and may be any amount: 'waggle logs' has it. How the task ended is said at the end.
    private static readonly RawJson NoLogs = RawJson.Parse("""{"not":{"field":"kind","in":["task_log","task_failed","task_cancelled","task_expired"]}}""");

    /// <param name="raw">Print a result that is a text as it is.</param>
    public static async Task<int> RunAsync(HubCall call, WaggleClient client, TaskCreated created, bool raw)
    {
        if (!call.Print.IsJson) Printer.Note($"{created.Id} {SnakeCase.Of(created.State)}");
        try
        {
            await using var observer = client.ObserveAsync(new ObserverFilter { Patterns = [$"task.{created.Id}.#"], Filter = NoLogs }, call.Cancel);
            var telling = call.Print.IsJson ? Task.CompletedTask : TellAsync(observer);
            var task = await client.WaitForCompletionAsync(created.Id, call.Cancel);
            await observer.DisposeAsync();
            await telling;
            return await ResultText.PrintAsync(call, client, task, raw);
        }
        catch (OperationCanceledException) when (call.Interrupt.Asked.IsCancellationRequested)
        {
            Printer.Note($"waggle: stopped waiting; the task continues. To cancel it, run 'waggle task cancel {created.Id}'.");
            return ExitCodes.Interrupted;
        }
    }

    private static async Task TellAsync(Observer observer)
    {
        try
        {
            await foreach (var observation in observer)
            {
                if (observation is RecordObserved { Record: var record }) Printer.Note(RecordText.Line(record));
            }
        }
        catch (Exception e) when (e is WaggleException or OperationCanceledException)
        {
            // It only tells; whoever waits for the end hears of the same trouble.
        }
    }
}
