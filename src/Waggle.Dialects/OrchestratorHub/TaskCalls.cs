using Waggle.Core.Tasks;
using Waggle.Dialects.Http;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>The HTTP calls about one task. <see cref="TaskListing"/> serves lists, and <see cref="BulkCalls"/> serves several tasks at once.</summary>
internal static class TaskCalls
{
    public static async Task<DialectReply> CreateTaskAsync(DialectRequest request)
    {
        var command = Requests.CreateTask(OrchestratorHubHttp.BodyOf(request), request.By, dashboard: false);
        var created = (await request.AskAsync(command)).Tasks[0];
        return OrchestratorHubHttp.Reply(201, request, writer =>
        {
            TaskObjects.Created.WriteFields(writer, new NewTask(created, command.Specs[0]));
            writer.WriteString("message"u8, "The task is stored and waits for an agent."u8);
        });
    }

    public static async Task<DialectReply> TaskAsync(DialectRequest request) =>
        TaskReply(request, await request.QueryAsync(new TaskDetails(request.Route("id")) { By = request.By }));

    public static async Task<DialectReply> CancelTaskAsync(DialectRequest request)
    {
        var done = await request.AskAsync(new CancelTask(request.Route("id"), request.Query("reason"), Force: false) { By = request.By });
        return OrchestratorHubHttp.Reply(200, request, writer =>
        {
            writer.WriteString("task_id"u8, done.Task);
            writer.WriteString("status"u8, Vocabulary.Of(done.State));
            writer.WriteBoolean("cancel_requested"u8, done.CancelRequested);
        });
    }

    public static async Task<DialectReply> RetryTaskAsync(DialectRequest request)
    {
        var created = await request.AskAsync(new RetryTask(request.Route("id")) { By = request.By });
        return OrchestratorHubHttp.Reply(201, request, writer =>
        {
            writer.WriteString("task_id"u8, created.Id);
            writer.WriteString("retry_of"u8, request.Route("id"));
            writer.WriteString("status"u8, Vocabulary.Of(created.State));
        });
    }

    private static DialectReply TaskReply(DialectRequest request, TaskView task) => OrchestratorHubHttp.Reply(200, request, writer =>
    {
        writer.WritePropertyName("task"u8);
        TaskObjects.Listed.Write(writer, task);
        if (task.Result.IsNull) return;
        writer.WritePropertyName("result"u8);
        writer.WriteRawValue(task.Result.Utf8.Span, skipInputValidation: true);
    });
}
