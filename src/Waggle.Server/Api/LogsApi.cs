using Microsoft.AspNetCore.Routing;
using Waggle.Core.Logs;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Server.Api;

internal static class LogsApi
{
    public static void MapLogs(this RouteGroupBuilder api) => api.Get("/tasks/{task}/logs", ReadAsync, new(
        "showTaskLogs",
        "The stored log lines of a task by attempt: those after a cursor, or the last ones, with the count of the lines that the hub does not have. " +
            "New lines: GET /api/v1/events?pattern=task.{task}.log.")
    {
        Tagged = true,
        Query =
        [
            new("attempt", "Only of this attempt.", "integer"),
            new("level", "Only lines of this level and of more important ones: trace, debug, info, warn or error."),
            new("after", "The cursor of the previous page, or 0 to start with the first line; the last lines if left out."),
            new("limit", $"The greatest number of lines: 1 to {Limits.MaxPageSize}; {Limits.MaxPageSize} if left out.", "integer"),
        ],
        Result = () => [HubJson.Default.TaskLogPage],
        Errors = [ErrorCodes.NotFound],
    });

    private static Task ReadAsync(ApiCall call) => call.DoAsync(new ReadTaskLog(new TaskLogs
    {
        Task = call.Route("task"),
        Attempt = call.QueryNumber("attempt"),
        Level = LevelOf(call),
        After = call.Query("after"),
        Limit = call.QueryNumber("limit"),
    })
    { By = call.By });

    private static AgentLogLevel? LevelOf(ApiCall call) => call.Query("level") is not { } text ? null
        : SnakeCase.TryParse<AgentLogLevel>(text, out var level) ? level
        : throw ApiFault.Invalid("level is trace, debug, info, warn or error.");
}
