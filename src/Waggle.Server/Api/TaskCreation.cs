using Microsoft.AspNetCore.Http;
using Waggle.Core.Hives;
using Waggle.Core.Tasks;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using TaskCreated = Waggle.Protocol.Messages.TaskCreated;

namespace Waggle.Server.Api;

internal static class TaskCreation
{
    public const string IdempotencyHeader = "Idempotency-Key";

    public static async Task CreateAsync(ApiCall call)
    {
        var text = await call.ReadAsync();
        var many = text.Span.TrimStart(" \t\r\n"u8) is [(byte)'[', ..];
        IReadOnlyList<TaskSpec> specs = many ? ApiBodies.Parse(text, RestClientJson.Default.TaskSpecs) : [ApiBodies.Parse(text, RestClientJson.Default.TaskSpec)];
        var outcome = await call.AskAsync(new CreateTasks(Keyed(call, specs, many)) { By = call.By });
        var created = ((TasksCreated)outcome.Value!).Tasks;
        if (many) await call.AnswerAsync(outcome, created.All(t => t.Duplicate) ? StatusCodes.Status200OK : StatusCodes.Status201Created);
        else await AnswerAsync(call, outcome, created[0]);
    }

    public static Task AnswerAsync(ApiCall call, Outcome outcome, TaskCreated created)
    {
        call.Http.Response.Headers.Location = $"{ApiRoutes.Prefix}/tasks/{Uri.EscapeDataString(created.Id)}";
        return call.AnswerAsync(outcome with { Value = created }, created.Duplicate ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    // The header is the key of the one task; of many, each has the header's and its place.
    private static IReadOnlyList<TaskSpec> Keyed(ApiCall call, IReadOnlyList<TaskSpec> specs, bool many)
    {
        if (call.Http.Request.Headers[IdempotencyHeader].ToString() is not { Length: > 0 } key) return specs;
        if (specs.Any(s => s?.IdempotencyKey is not null)) throw ApiFault.Invalid($"Either the header {IdempotencyHeader} or idempotency_key in the body.");
        return [.. specs.Select((s, i) => s is null ? null! : s with { IdempotencyKey = many ? $"{key}:{i}" : key })];
    }
}
