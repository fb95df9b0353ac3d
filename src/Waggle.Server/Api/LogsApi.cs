using Microsoft.AspNetCore.Routing;
using Waggle.Core.Tasks;
using Waggle.Protocol;

namespace Waggle.Server.Api;

internal static class LogsApi
{
    public static void MapLogs(this RouteGroupBuilder api) => api.Get("/tasks/{task}/logs", ShowAsync, new("showTaskLogs", """
        The last lines that each attempt said, as far as the hub still has them in memory; it says what is missing. New lines: GET /api/v1/events?pattern=task.{task}.log.
        """)
    {
        Tagged = true,
        Query = [new("attempt", "Only of this attempt.", "integer")],
        Result = () => [RestJson.Default.TaskLogPage],
        Errors = [ErrorCodes.NotFound],
    });

    private static async Task ShowAsync(ApiCall call)
    {
        var only = call.QueryNumber("attempt");
        var shown = await call.AskAsync(new ShowTask(call.Route("task")) { By = call.By });
        var task = shown.Value!;
        var (since, attempts) = call.Hub.Logs.Of(task.Id);
        if (since < task.CreatedAt) since = task.CreatedAt;
        await call.AnswerAsync(new(new TaskLogPage(task.Id, since, [.. attempts.Where(a => only is null || a.Attempt == only)]), null, shown.Head));
    }
}
