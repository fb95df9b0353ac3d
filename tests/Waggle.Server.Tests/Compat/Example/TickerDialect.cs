using System.Collections.Frozen;
using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Delivery;
using Waggle.Dialects;
using Waggle.Dialects.Http;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;
using Record = Waggle.Protocol.Records.Record;
using TaskCompleted = Waggle.Core.Tasks.TaskCompleted;
using TaskCreated = Waggle.Core.Tasks.TaskCreated;

namespace Waggle.Server.Tests.Compat.Example;

/// <summary>The tables: the message of each record, field by field, and the form of a task.</summary>
internal static class TickerMaps
{
    public static IReadOnlyList<MessageMap> Messages { get; } =
    [
        new MessageMap<TaskCreated>(
            "task.new", "task_created",
            Field<TaskCreated>.Text("task", "task", r => r.Task),
            Field<TaskCreated>.Text("title", "title", r => r.Title),
            Field<TaskCreated>.Text("state", "state", r => Word(r.State)),
            Field<TaskCreated>.Time("at", "at", (_, record) => record.At)),
        new MessageMap<TaskCompleted>(
            "task.done", "task_completed",
            Field<TaskCompleted>.Text("task", "task", r => r.Task),
            Field<TaskCompleted>.Json("result", "result", r => r.Result),
            Field<TaskCompleted>.Time("at", "at", (_, record) => record.At)),
    ];

    /// <summary>A task in an answer, over WebSocket and over HTTP.</summary>
    public static IReadOnlyList<FieldMap<TaskView>> Task { get; } =
    [
        Field<TaskView>.Text("task", "id", t => t.Id),
        Field<TaskView>.Text("title", "spec.title", t => t.Spec.Title),
        Field<TaskView>.Text("state", "state", t => Word(t.State)),
    ];

    private static string Word(TaskState state) => state switch
    {
        TaskState.Completed => "done",
        TaskState.Failed or TaskState.Expired or TaskState.Rejected or TaskState.Cancelled => "over",
        _ => "open",
    };
}

/// <summary>The renderer: one instance for all connections, so that the body of a record is encoded once.</summary>
internal sealed class TickerRenderer : IRenderer
{
    public static readonly TickerRenderer Instance = new();

    private static readonly FrozenDictionary<string, MessageMap[]> ByKind =
        TickerMaps.Messages.GroupBy(m => m.Kind).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    public void Render(Record record, IMessageWriter output)
    {
        if (!ByKind.TryGetValue(record.Kind, out var maps) || record.Typed() is not { } data) return;
        foreach (var map in maps.Where(m => m.Applies(data)))
        {
            TickerDialect.Write(output, writer =>
            {
                writer.WriteString("event"u8, map.Message);
                map.Write(writer, data, record);
            });
        }
    }

    public void RenderGap(Position from, Position to, long dropped, IMessageWriter output) => TickerDialect.Write(output, writer =>
    {
        writer.WriteString("event"u8, "gap"u8);
        writer.WriteNumber("dropped"u8, dropped);
    });

    // This dialect has no positions.
    public void RenderPosition(Position position, IMessageWriter output)
    {
    }
}

/// <summary>The state machine: one instance for each connection. One thread at a time calls it, except <see cref="Answer"/>.</summary>
internal sealed class TickerDialect : ForeignDialect
{
    private static readonly Record NoRecord = new(default, "", "", RecordClass.Latest, default, null, default);

    public static DialectEntry Entry { get; } = new("ticker", 3999, () => new TickerDialect())
    {
        Routes = [new DialectRoute("GET", "/tasks/{id}", ShowAsync)],
    };

    public override IRenderer Renderer => TickerRenderer.Instance;

    public override bool Open(in Opening opening, List<Intent> intents)
    {
        intents.Add(new SubscribeIntent(null, ["task.#"], null) { AsPermitted = true });
        return true;
    }

    public override void Read(ReadOnlySpan<byte> frame, Principal by, List<Intent> intents)
    {
        string? call = null;
        try
        {
            var message = new PayloadReader(Parse(frame), "");
            call = message.Text("ref");
            intents.Add(message.RequiredText("do") switch
            {
                "create" => new CommandIntent(call, new CreateTasks([new TaskSpec { Title = message.RequiredText("title") }]) { By = by }),
                "show" => new ShowTaskIntent(call ?? "", message.RequiredText("task")),
                var other => throw PayloadReader.Invalid($"do is create or show; it was '{PayloadReader.Clip(other)}'."),
            });
        }
        catch (DialectException e)
        {
            intents.Add(Error(call, e.Error));
        }
    }

    public override void Refuse(string code, string message, List<Intent> intents) => intents.Add(Error(null, new Error(code, message)));

    public override void Answer(Intent intent, in Outcome outcome, IMessageWriter output)
    {
        var (error, value, call) = (outcome.Error, outcome.Value, intent.Tag as string);
        Write(output, writer =>
        {
            if (call is { Length: > 0 }) writer.WriteString("ref"u8, call);
            if (error is not null) WriteError(writer, error);
            else if (value is TasksCreated created) writer.WriteString("task"u8, created.Tasks[0].Id);
            else if (value is TaskView task) WriteTask(writer, task);
        });
    }

    public override void Expiring(DateTimeOffset at, IMessageWriter output) => Write(output, writer =>
    {
        writer.WriteString("event"u8, "token.expires"u8);
        writer.WriteString("at"u8, at.UtcDateTime);
    });

    public override void Goodbye(int code, string reason, TimeSpan? comeBackAfter, IMessageWriter output) => Write(output, writer =>
    {
        writer.WriteString("event"u8, "bye"u8);
        writer.WriteString("reason"u8, reason);
        if (comeBackAfter is { } wait) writer.WriteNumber("retry_ms"u8, (long)wait.TotalMilliseconds);
    });

    /// <summary>Writes one message, a JSON object.</summary>
    internal static void Write(IMessageWriter output, Action<Utf8JsonWriter> write)
    {
        var writer = JsonWriters.Rent(output);
        writer.WriteStartObject();
        write(writer);
        writer.WriteEndObject();
        JsonWriters.Return(writer);
        output.Next();
    }

    private static async Task<DialectReply> ShowAsync(DialectRequest request)
    {
        var task = await request.QueryAsync(new TaskDetails(request.Route("id")) { By = request.By });
        return DialectReply.Json(200, writer =>
        {
            writer.WriteStartObject();
            WriteTask(writer, task);
            writer.WriteEndObject();
        });
    }

    private static void WriteTask(Utf8JsonWriter writer, TaskView task)
    {
        foreach (var field in TickerMaps.Task) field.Write(writer, task, NoRecord);
    }

    private static void WriteError(Utf8JsonWriter writer, Error error)
    {
        writer.WriteString("error"u8, error.Message);
        writer.WriteString("code"u8, error.Code);
    }

    private static JsonElement Parse(ReadOnlySpan<byte> frame)
    {
        try
        {
            return JsonElement.Parse(frame, new JsonDocumentOptions { MaxDepth = Limits.MaxDepth });
        }
        catch (JsonException)
        {
            throw PayloadReader.Invalid("A message is one JSON object.");
        }
    }

    private static ReplyIntent Error(string? call, Error error)
    {
        var output = new MessageBuffer(128);
        Write(output, writer =>
        {
            if (call is not null) writer.WriteString("ref"u8, call);
            WriteError(writer, error);
        });
        return new ReplyIntent(output.Written);
    }
}
