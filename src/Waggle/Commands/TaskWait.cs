using Waggle.Client;
using Waggle.Commands.Shared;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Commands;

/// <summary>The end of a task, and what happens on the way there.</summary>
internal static class TaskWait
{
    public static async Task<int> RunAsync(HubCall call, WaggleClient client, TaskCreated created)
    {
        if (!call.Print.IsJson) Printer.Note($"{created.Id} {Words.Of(created.State)}");
        try
        {
            await using var observer = client.ObserveAsync([$"task.{created.Id}.#"], cancel: call.Cancel);
            var telling = call.Print.IsJson ? Task.CompletedTask : TellAsync(observer);
            var task = await client.WaitForCompletionAsync(created.Id, call.Cancel);
            await observer.DisposeAsync();
            await telling;
            return Print(call.Print, task);
        }
        catch (OperationCanceledException) when (call.Interrupt.Asked.IsCancellationRequested)
        {
            Printer.Note($"waggle: no longer waiting; the task goes on. 'waggle task cancel {created.Id}' would stop it.");
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

    private static int Print(Printer print, TaskView task)
    {
        if (print.IsJson) Printer.Json(task, HubJson.Default.TaskView);
        else if (task.State == TaskState.Completed) Console.Out.WriteLine(task.Result.ToString());
        if (task.State == TaskState.Completed) return ExitCodes.Ok;
        var why = task.Error is { } error ? $": {error.Code}: {error.Message}" : task.CancelReason is { } reason ? $": {reason}" : ".";
        return Cli.Fail($"Task {task.Id} ended as {Words.Of(task.State)}{why}", ExitCodes.Failed);
    }
}
