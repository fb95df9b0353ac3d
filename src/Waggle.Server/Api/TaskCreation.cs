using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Protocol.Model;
using Waggle.Server.Http;

namespace Waggle.Server.Api;

internal static class TaskCreation
{
    // W3C Trace Context; an intermediary may drop a tracestate that is longer.
    private const string TraceParent = "traceparent";
    private const string TraceState = "tracestate";
    private const int MaxTraceState = 512;

    public static async Task CreateAsync(ApiCall call)
    {
        var text = await call.ReadAsync();
        var many = text.Span.TrimStart(" \t\r\n"u8) is [(byte)'[', ..];
        IReadOnlyList<TaskSpec> specs = many
            ? ApiBodies.Parse(text, RestClientJson.Default.TaskSpecs)
            : [ApiBodies.Parse(text, RestClientJson.Default.TaskSpec)];
        var outcome = await call.AskAsync(new CreateTasks(Traced(call, Keyed(call, specs, many))) { By = call.By });
        var created = outcome.Value!.Tasks;
        if (many) await call.AnswerAsync(outcome, created.All(t => t.Duplicate) ? StatusCodes.Status200OK : StatusCodes.Status201Created);
        else await AnswerAsync(call, created[0], outcome.Head);
    }

    /// <summary>Returns the key of the request; null if it has none.</summary>
    public static string? KeyOf(ApiCall call) => call.Http.Request.Headers[ApiHeaders.IdempotencyKey].ToString() is { Length: > 0 } key ? key : null;

    public static Task AnswerAsync(ApiCall call, Protocol.Messages.TaskCreated created, Position head)
    {
        call.Http.Response.Headers.Location = call.At($"/tasks/{Uri.EscapeDataString(created.Id)}");
        return call.AnswerAsync(new(created, null, head), created.Duplicate ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    // The trace of the request continues in its tasks, unless they name a trace of their own.
    private static IReadOnlyList<TaskSpec> Traced(ApiCall call, IReadOnlyList<TaskSpec> specs)
    {
        var headers = call.Http.Request.Headers;
        if (!ActivityContext.TryParse(headers.TraceParent.ToString(), null, out _)) return specs;
        return [.. specs.Select(
            s => s is null || s.Metadata is { Count: > 48 } || s.Metadata?.ContainsKey(TraceParent) == true ? s! : s with { Metadata = With(s.Metadata) })];

        Dictionary<string, string> With(IReadOnlyDictionary<string, string>? metadata)
        {
            var all = metadata is null ? [] : new Dictionary<string, string>(metadata, StringComparer.Ordinal);
            all[TraceParent] = headers.TraceParent.ToString();
            all.Remove(TraceState);
            if (headers.TraceState.ToString() is { Length: > 0 and <= MaxTraceState } state) all[TraceState] = state;
            return all;
        }
    }

    // The header is the key of a single task. Each of several tasks gets the header's key and its place.
    private static IReadOnlyList<TaskSpec> Keyed(ApiCall call, IReadOnlyList<TaskSpec> specs, bool many)
    {
        if (KeyOf(call) is not { } key) return specs;
        if (specs.Any(s => s?.IdempotencyKey is not null))
            throw ApiFault.Invalid($"Either the header {ApiHeaders.IdempotencyKey} or idempotency_key in the body.");
        return [.. specs.Select((s, i) => s is null ? null! : s with { IdempotencyKey = many ? $"{key}:{i}" : key })];
    }
}
