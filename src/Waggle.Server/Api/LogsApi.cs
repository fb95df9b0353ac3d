using Microsoft.AspNetCore.Routing;
using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Server.Hosting;

namespace Waggle.Server.Api;

internal static class LogsApi
{
    public static void MapLogs(this RouteGroupBuilder api, Func<TaskLogs> logs) => api.Get(
        "/tasks/{task}/logs", call => ShowAsync(call, logs()), new(
            "showTaskLogs",
            "The last lines of each attempt, as far as the hub still has them in memory, and the time since which they are complete. " +
                "New lines: GET /api/v1/events?pattern=task.{task}.log.")
        {
            Tagged = true,
            Query = [new("attempt", "Only of this attempt.", "integer")],
            Result = () => [RestJson.Default.TaskLogPage],
            Errors = [ErrorCodes.NotFound],
        });

    private static async Task ShowAsync(ApiCall call, TaskLogs logs)
    {
        var only = call.QueryNumber("attempt");
        var shown = await call.AskAsync(new ShowTask(call.Route("task")) { By = call.By });
        var task = shown.Value!;
        var (since, attempts) = logs.Of(task.Id);
        if (since < task.CreatedAt) since = task.CreatedAt;
        await call.AnswerAsync(new(new TaskLogPage(task.Id, since, [.. attempts.Where(a => only is null || a.Attempt == only)]), null, shown.Head));
    }
}
