using System.Text.Json;
using System.Text.Json.Nodes;
using Waggle.Core.Tasks;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Server.Mcp;

/// <summary><c>task_create</c></summary>
internal static class TaskCreating
{
    public static async Task<JsonObject> CreateAsync(ToolCall call)
    {
        var spec = SpecOf(call, await call.ParentAsync());
        var created = call.Scope is { } scope ? await CreateAsync(call, spec, scope) : await CreateAsync(call, spec);
        return ToolJson.Shrink(width => Shown(created, width));
    }

    private static async Task<Waggle.Protocol.Messages.TaskCreated> CreateAsync(ToolCall call, TaskSpec spec) =>
        (await call.AskAsync(new CreateTasks([spec]) { By = call.By })).Tasks[0];

    // One at a time, so that two calls cannot both take the last place.
    private static async Task<Waggle.Protocol.Messages.TaskCreated> CreateAsync(ToolCall call, TaskSpec spec, TaskScope scope)
    {
        foreach (var dependency in spec.DependsOn ?? []) await scope.RequireAsync(call, dependency);
        await call.Parts.SubTasks.WaitAsync(call.Cancel);
        try
        {
            await scope.RequireRoomAsync(call, spec.Parent!);
            return await CreateAsync(call, spec with { Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [TaskScope.TopMark] = scope.Top } });
        }
        finally
        {
            call.Parts.SubTasks.Release();
        }
    }

    private static TaskSpec SpecOf(ToolCall call, string? parent) => new()
    {
        Title = call.Required("title"),
        Input = InputOf(call),
        Swarm = call.Swarm(),
        Type = call.Text("type"),
        Requires = call.Numbers("requires"),
        AssignTo = call.Text("assign_to"),
        Priority = (int?)call.Number("priority", 1, 5),
        DependsOn = call.Texts("depends_on"),
        Parent = parent,
        IdempotencyKey = call.Text("idempotency_key"),
    };

    private static RawJson InputOf(ToolCall call)
    {
        if (call.Text("prompt") is not { } prompt) return call.Json("input");
        if (call.Has("input")) throw ToolFault.Invalid("prompt and input are both given.", "Give either prompt or input.");
        return RawJson.FromTrusted(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["prompt"] = prompt }, ToolTypes.Default.Texts));
    }

    private static JsonObject Shown(Waggle.Protocol.Messages.TaskCreated created, int width) => new JsonObject
    {
        ["task"] = created.Id,
        ["state"] = SnakeCase.Of(created.State),
        ["agents_that_fit"] = created.MatchingAgents,
    }
        .With("duplicate", created.Duplicate ? true : null)
        .With("waits_because", created.UnschedulableReason is { } reason ? PlainText.Clip(reason.Message, width) : null)
        .With("next", created.State.IsTerminal() ? "Call task_get to see why it ended." : "Call task_wait with this task.");
}
