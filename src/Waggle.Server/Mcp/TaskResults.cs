using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Server.Mcp;

/// <summary><c>task_result</c></summary>
internal static class TaskResults
{
    public static async Task<JsonObject> ReadAsync(ToolCall call)
    {
        var id = await call.TaskAsync("task");
        var task = await call.QueryAsync(new TaskDetails(id) { By = call.By });
        if (task.State != TaskState.Completed)
        {
            throw new ToolFault(
                new(ErrorCodes.InvalidState, $"Task {id} has no result: it is {SnakeCase.Of(task.State)}."),
                task.State.IsTerminal() ? "Call task_get to see its error." : "Call task_wait with this task first.");
        }

        var cursor = new PageCursor("task_result", id);
        var from = cursor.NumberOf(call);
        var (content, length, type) = await OpenAsync(call, task);
        await using (content)
        {
            return await ContentPieces.ReadAsync(
                () => new JsonObject { ["task"] = id, ["type"] = type }, content, length, from, cursor, () => throw NoText(id, type, length), call.Cancel);
        }
    }

    // A text is shown as such, because a model would have to decode its JSON.
    private static async Task<(Stream Content, long Length, string Type)> OpenAsync(ToolCall call, TaskView task)
    {
        if (task.ResultRef is { } named && task.Result.IsNull)
        {
            var blob = call.Parts.Blobs is { } blobs ? await blobs.OpenAsync(named.Blob, call.Cancel) : null;
            return (blob ?? throw new ToolFault(new(ErrorCodes.BlobMissing, $"The result of task {task.Id} is gone from the hub's disk.")), named.Bytes,
                named.ContentType);
        }

        var result = task.Result.ToElement();
        var bytes = result.ValueKind == JsonValueKind.String ? Encoding.UTF8.GetBytes(result.GetString()!) : task.Result.Utf8.ToArray();
        return (new MemoryStream(bytes), bytes.Length, result.ValueKind == JsonValueKind.String ? "text" : "application/json");
    }

    private static ToolFault NoText(string task, string type, long bytes) => new(
        new(ErrorCodes.NotAvailable, $"The result of task {task} is no text: {bytes} bytes of {PlainText.Clip(type, 100)}."),
        $"Read it over HTTP: GET /api/v1/tasks/{task}/result of the hub, with the same token.");
}
