using System.Text.Json;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Leases;
using Waggle.Dialects.Http;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>The HTTP calls about several agents or tasks at once.</summary>
internal static class BulkCalls
{
    // One command creates all tasks or none.
    public static async Task<DialectReply> CreateTasksAsync(DialectRequest request)
    {
        var specs = Many(request, "tasks").SelectMany(t => Requests.CreateTask(t, request.By, dashboard: false).Specs);
        var created = (await request.AskAsync(new CreateTasks([.. specs]) { By = request.By })).Tasks;
        return OrchestratorHubHttp.Reply(201, request, writer =>
        {
            writer.WriteNumber("tasks_created"u8, created.Count);
            WriteIds(writer, "task_ids", created.Select(t => t.Id));
            WriteSummary(writer, ("successful", created.Count), ("failed", 0));
        });
    }

    public static async Task<DialectReply> CancelTasksAsync(DialectRequest request)
    {
        var (body, ids) = (OrchestratorHubHttp.BodyOf(request), Ids(request, "task_ids"));
        var done = await EachAsync(request, ids, id => new CancelTask(id, body.Text("reason"), body.Flag("force") ?? false) { By = request.By });
        return OrchestratorHubHttp.Reply(200, request, writer =>
        {
            var cancelled = done.Count(d => d.Error is null);
            writer.WriteNumber("tasks_cancelled"u8, cancelled);
            WriteSummary(writer, ("successful", cancelled), ("already_completed", Failed(
                done, ErrorCodes.InvalidState)), ("not_found", Failed(done, ErrorCodes.NotFound)));
            WriteErrors(writer, ids, done);
        });
    }

    public static async Task<DialectReply> CreateAgentsAsync(DialectRequest request)
    {
        var commands = Many(request, "agents").ConvertAll(a => Requests.CreateAgent(a, request.By));
        var done = await EachAsync(request, commands, c => c);
        return OrchestratorHubHttp.Reply(201, request, writer =>
        {
            var created = done.Where(d => d.Error is null).Select(d => d.Value!.Id).ToArray();
            writer.WriteNumber("agents_created"u8, created.Length);
            WriteIds(writer, "agent_ids", created);
            WriteSummary(writer, ("successful", created.Length), ("failed", done.Count - created.Length));
            WriteErrors(writer, [.. commands.Select(c => c.Name)], done);
        });
    }

    public static async Task<DialectReply> RemoveAgentsAsync(DialectRequest request)
    {
        var (body, ids) = (OrchestratorHubHttp.BodyOf(request), Ids(request, "agent_ids"));
        var done = await EachAsync(request, ids, id => new RemoveAgent(id, body.Text("reason")) { By = request.By });
        return OrchestratorHubHttp.Reply(200, request, writer =>
        {
            var removed = done.Count(d => d.Error is null);
            writer.WriteNumber("agents_deleted"u8, removed);
            WriteSummary(writer, ("successful", removed), ("not_found", Failed(done, ErrorCodes.NotFound)));
            WriteErrors(writer, ids, done);
        });
    }

    private static async Task<List<Outcome<TResult>>> EachAsync<T, TResult>(DialectRequest request, IReadOnlyList<T> of, Func<T, Command<TResult>> command)
    {
        // A missing permission is one refusal for the whole call and not one for each object.
        var done = new List<Outcome<TResult>>();
        foreach (var one in of)
        {
            var outcome = await request.Hive.AskAsync(command(one), request.Gone);
            if (outcome.Error is { Code: ErrorCodes.Forbidden or ErrorCodes.StoreUnavailable or ErrorCodes.StoreFull } error) throw new DialectException(error);
            done.Add(outcome);
        }

        return done;
    }

    private static List<PayloadReader> Many(DialectRequest request, string field) =>
        [.. Elements(request, field).Index().Select(e => e.Item.ValueKind == JsonValueKind.Object
            ? new PayloadReader(e.Item, $"{field}[{e.Index}]")
            : throw PayloadReader.Wrong($"{field}[{e.Index}]", "an object", e.Item))];

    private static List<string> Ids(DialectRequest request, string field) =>
        [.. Elements(request, field).Index()
            .Select(e => e.Item.ValueKind == JsonValueKind.String ? e.Item.GetString()! : throw PayloadReader.Wrong($"{field}[{e.Index}]", "an id", e.Item))];

    private static JsonElement[] Elements(DialectRequest request, string field)
    {
        if (OrchestratorHubHttp.BodyOf(request).Find(field) is not var (value, _)) throw PayloadReader.Invalid($"{field} is missing: an array.");
        if (value.ValueKind != JsonValueKind.Array) throw PayloadReader.Wrong(field, "an array", value);
        return value.GetArrayLength() is >= 1 and <= Limits.MaxTasksPerCreate and var length
            ? [.. value.EnumerateArray()]
            : throw PayloadReader.Invalid($"{field} has 1 to {Limits.MaxTasksPerCreate} entries; there were {value.GetArrayLength()}.");
    }

    private static int Failed<T>(List<Outcome<T>> done, string code) => done.Count(d => d.Error?.Code == code);

    private static void WriteIds(Utf8JsonWriter writer, string name, IEnumerable<string> ids)
    {
        writer.WritePropertyName(name);
        JsonShapes.WriteTexts(writer, ids);
    }

    private static void WriteSummary(Utf8JsonWriter writer, params ReadOnlySpan<(string Name, int Count)> counts)
    {
        writer.WriteStartObject("summary"u8);
        foreach (var (name, count) in counts) writer.WriteNumber(name, count);
        writer.WriteEndObject();
    }

    private static void WriteErrors<T>(Utf8JsonWriter writer, List<string> named, List<Outcome<T>> done)
    {
        writer.WriteStartArray("errors"u8);
        foreach (var (i, outcome) in done.Index())
        {
            if (outcome.Error is not { } error) continue;
            writer.WriteStartObject();
            writer.WriteString("of"u8, named[i]);
            writer.WriteString("code"u8, OrchestratorHubHttp.CodeOf(error.Code));
            writer.WriteString("message"u8, error.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
