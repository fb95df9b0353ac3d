using System.Text.Json.Nodes;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Server.Mcp;

/// <summary><c>task_wait</c>: clients end a request after 60 s, so it answers before that whether or not the task has ended.</summary>
internal static class TaskWaiting
{
    private const int MostSeconds = 55;
    private const int StandardSeconds = 50;

    public static async Task<JsonObject> WaitAsync(ToolCall call)
    {
        var task = await call.TaskAsync("task");
        var seconds = call.Number("timeout_seconds", 0, MostSeconds) ?? StandardSeconds;
        var view = await ShowAsync(call, task);
        if (!IsOver(view) && seconds > 0)
        {
            using var end = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), call.Parts.Time);
            using var until = CancellationTokenSource.CreateLinkedTokenSource(end.Token, call.Cancel, call.Parts.Stopping);
            try
            {
                await TaskWatch.RunAsync(call.Parts, call.By, task, async () => IsOver(view = await ShowAsync(call, task)), until.Token);
            }
            catch (OperationCanceledException) when (!call.Cancel.IsCancellationRequested)
            {
                // The time is over, or the hub stops: the caller calls again.
            }
        }

        return ToolJson.Shrink(width => new JsonObject { ["done"] = view.State.IsTerminal() }.Joined(TaskShapes.State(view, width)));
    }

    private static Task<TaskView> ShowAsync(ToolCall call, string task) => call.AskAsync(new ShowTask(task) { By = call.By });

    // The caller of a task that asks a question is the one to answer it.
    private static bool IsOver(TaskView view) => view.State.IsTerminal() || view.State == TaskState.InputRequired;

    private static JsonObject Joined(this JsonObject first, JsonObject second)
    {
        foreach (var (name, value) in second.ToArray())
        {
            second.Remove(name);
            first[name] = value;
        }

        return first;
    }
}
