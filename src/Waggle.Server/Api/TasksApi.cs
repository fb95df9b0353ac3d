using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Server.Http;

namespace Waggle.Server.Api;

internal static class TasksApi
{
    public static void MapTasks(this RouteGroupBuilder api)
    {
        api.Post("/tasks", TaskCreation.CreateAsync, new("createTasks", "Creates a task (an object), or many at once, all or none (an array of objects).")
        {
            Headers = [
                new(ApiHeaders.IdempotencyKey, "A repeated request with the same key creates nothing twice and returns the same tasks, marked as "
                    + "duplicates.")],
            Body = () => [RestClientJson.Default.TaskSpec, RestClientJson.Default.TaskSpecs],
            Status = StatusCodes.Status201Created,
            Result = () => [HubJson.Default.TaskCreated, HubJson.Default.TasksCreated],
            Also = [(StatusCodes.Status200OK, "All of the tasks existed already.")],
            Errors = [ErrorCodes.NotFound, ErrorCodes.TooLarge, ErrorCodes.IdempotencyConflict, ErrorCodes.SwarmStopped, ErrorCodes.StoreFull],
        });
        api.Get("/tasks", TaskLists.ListAsync, new("listTasks", "Tasks, newest first, in pages.")
        {
            Tagged = true,
            Query = TaskLists.Parameters,
            Result = () => [HubJson.Default.TaskPage],
        });
        api.Get("/tasks/errors", TaskLists.ErrorsAsync, new(
            "listTaskErrors", "The errors of tasks that failed, expired or wait for a retry, the most frequent first, with the number of tasks.")
        {
            Query = TaskLists.ErrorParameters,
            Result = () => [HubJson.Default.TaskErrorPage],
            Errors = [ErrorCodes.NotAvailable],
        });
        api.Get("/tasks/{task}", ShowAsync, new("showTask", "One task with every attempt and the reason of each assignment.")
        {
            Tagged = true,
            Result = () => [HubJson.Default.TaskView],
            Errors = [ErrorCodes.NotFound],
        });
        api.Put("/tasks/{task}/priority", SetPriorityAsync, new("setTaskPriority", "Changes the priority: 1 (first) to 5 (last).")
        {
            Body = () => [RestClientJson.Default.PriorityBody],
            Result = () => [HubJson.Default.TaskAck],
            Errors = [ErrorCodes.NotFound, ErrorCodes.InvalidState],
        });
        api.Post("/tasks/{task}/assign", AssignAsync, new("assignTask", "Gives a waiting task to one agent; from then on no other agent may have it.")
        {
            Body = () => [RestClientJson.Default.AssignBody],
            Result = () => [HubJson.Default.TaskAck],
            Errors = [ErrorCodes.NotFound, ErrorCodes.InvalidState, ErrorCodes.AgentNotAble],
        });
        api.Post("/tasks/{task}/cancel", CancelAsync, new("cancelTask", "Cancels a task: at once while it waits; otherwise its worker is asked to stop.")
        {
            Body = () => [RestClientJson.Default.CancelBody],
            BodyOptional = true,
            Result = () => [HubJson.Default.TaskAck],
            Errors = [ErrorCodes.NotFound, ErrorCodes.InvalidState, ErrorCodes.TooLarge],
        });
        api.Post("/tasks/{task}/retry", RetryAsync, new(
            "retryTask", "Creates a new task with the spec of a task that ended without success. A repeated request returns the same new task.")
        {
            Status = StatusCodes.Status201Created,
            Result = () => [HubJson.Default.TaskCreated],
            Also = [(StatusCodes.Status200OK, "The task was retried before.")],
            Errors = [ErrorCodes.NotFound, ErrorCodes.InvalidState, ErrorCodes.SwarmStopped, ErrorCodes.StoreFull],
        });
    }

    private static Task ShowAsync(ApiCall call) => call.DoAsync(new TaskDetails(call.Route("task")) { By = call.By });

    private static async Task SetPriorityAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.PriorityBody);
        await call.DoAsync(new SetPriority(call.Route("task"), body.Priority) { By = call.By });
    }

    private static async Task AssignAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.AssignBody);
        await call.DoAsync(new AssignTask(call.Route("task"), body.Agent, body.Priority) { By = call.By });
    }

    private static async Task CancelAsync(ApiCall call)
    {
        var body = await call.ReadOrAsync(RestClientJson.Default.CancelBody, new CancelBody());
        await call.DoAsync(new CancelTask(call.Route("task"), body.Reason, body.Force) { By = call.By });
    }

    private static async Task RetryAsync(ApiCall call)
    {
        var outcome = await call.AskAsync(new RetryTask(call.Route("task")) { By = call.By });
        await TaskCreation.AnswerAsync(call, outcome.Value!, outcome.Head);
    }
}
