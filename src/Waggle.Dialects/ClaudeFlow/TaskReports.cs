using System.Buffers;
using System.Text.Json;
using Waggle.Core.AgentReports;
using Waggle.Core.Tasks;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>The reports about tasks: what a client publishes to the task channel. Each acts on the lease that the connection's agent holds.</summary>
internal static class TaskReports
{
    private const double Whole = 100;
    private const string NoCode = "FAILED";

    public static Intent Read(Publication published, HeldLeases leases)
    {
        published.RequireSame("taskId");
        return published.Name switch
        {
            "progress" => Progress(published, leases),
            "completed" => Completed(published, leases),
            "error" => Failed(published, leases, IsRecoverable(published.Data)),
            "created" => throw published.NotAvailable("the hub gives tasks their ids: publish to task.created, and the answer has the id."),
            _ => new CommandIntent(published.Call, new AssignTask(published.Id, published.Data.RequiredText("agentId")) { By = published.By }),
        };
    }

    /// <summary>Reads a task that a client creates.</summary>
    public static Intent Create(Publication published)
    {
        var data = published.Data;
        var type = data.Text("type");
        var metadata = data.Find("metadata") is var (given, name) ? Metadata(given, name) : null;
        var spec = new TaskSpec
        {
            Title = data.Text("title") ?? metadata?.GetValueOrDefault("title") ?? metadata?.GetValueOrDefault("description") ?? type
                ?? data.RequiredText("title"),
            Type = type,
            Priority = data.Whole("priority"),
            Swarm = data.Text("swarmId"),
            AssignTo = data.Text("agentId"),
            Input = data.Find("input") is var (input, _) ? RawJson.From(input) : default,
            Metadata = metadata,
        };
        return new CommandIntent(published.Call, new CreateTasks([spec]) { By = published.By });
    }

    private static CommandIntent Progress(Publication published, HeldLeases leases)
    {
        var progress = published.Data.Number("progress") ?? throw PayloadReader.Invalid("data.progress is missing: a number from 0 to 100.");
        if (progress is < 0 or > Whole) throw PayloadReader.Invalid($"data.progress is 0 to 100; it was {progress}.");
        if (published.Data.Text("status") is not (null or "pending" or "in-progress" or "completed") and var status)
        {
            throw PayloadReader.Invalid(
                $"data.status is pending, in-progress or completed; it was '{PayloadReader.Clip(status)}'. An end goes to task.ID.completed.");
        }

        return new(published.Call, new ReportProgress(LeaseOf(published, leases), progress / Whole, published.Data.Text("message")) { By = published.By });
    }

    private static Intent Completed(Publication published, HeldLeases leases)
    {
        switch (published.Data.RequiredText("status"))
        {
            case "completed":
                var result = published.Data.Find("result") is var (value, _) ? RawJson.From(value) : default;
                return new CommandIntent(published.Call, new CompleteTask(LeaseOf(published, leases), result, null) { By = published.By });
            case "failed":
                return Failed(published, leases, recoverable: false);
            case "cancelled":
                return new CommandIntent(published.Call, new ConfirmCancelled(LeaseOf(published, leases)) { By = published.By });
            case var other:
                throw PayloadReader.Invalid($"data.status is completed, failed or cancelled; it was '{PayloadReader.Clip(other)}'.");
        }
    }

    private static bool IsRecoverable(PayloadReader data) =>
        data.Find("error") is var (error, name) && new PayloadReader(error, name).Flag("recoverable") == true;

    private static Intent Failed(Publication published, HeldLeases leases, bool recoverable)
    {
        if (published.Data.Find("error") is not var (json, name)) throw PayloadReader.Invalid("data.error is missing: an object with a message.");
        var error = new PayloadReader(json, name);
        var failure = new TaskError(error.Text("code") ?? NoCode, error.RequiredText("message"));
        var lease = LeaseOf(published, leases);
        var fail = new CommandIntent(published.Call, new FailTask(lease, failure, recoverable, null, null) { By = published.By });
        return error.Text("stack") is { } stack ? new SequenceIntent(Log(published, failure, stack), fail) : fail;
    }

    // An error of the hub has no stack: it would show the files of the worker's machine to all who may read tasks. The log of the agent is the place for it.
    private static CommandIntent Log(Publication published, TaskError error, string stack)
    {
        var entry = new AgentLogEntry
        {
            Level = AgentLogLevel.Error,
            Message = PlainText.Clip(error.Message, Limits.MaxTextLength),
            Context = ContextOf(published.Id, stack, Limits.MaxLogContextBytes / 2),
        };
        return new(null, new LogForAgent([entry]) { By = published.By });
    }

    private static RawJson ContextOf(string task, string stack, int length)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(output, JsonText.Checked))
        {
            writer.WriteStartObject();
            writer.WriteString("taskId"u8, task);
            writer.WriteString("stack"u8, PlainText.Clip(stack, length));
            writer.WriteEndObject();
        }

        // Escaped, a character has up to six bytes.
        return output.WrittenCount > Limits.MaxLogContextBytes ? ContextOf(task, stack, length / 2) : RawJson.FromTrusted(output.WrittenSpan.ToArray());
    }

    private static LeaseRef LeaseOf(Publication published, HeldLeases leases)
    {
        if (published.Data.Text("agentId") is { } named && named != AgentBinding.Own(published))
            throw new DialectException(new(ErrorCodes.Forbidden, $"This connection reports as agent '{published.By.Agent}'."));
        var agent = AgentBinding.Own(published);
        return leases.Reported(published.Id) ?? throw new DialectException(new(
            ErrorCodes.StaleLease, $"Agent '{agent}' does not hold task '{PayloadReader.Clip(published.Id)}', so its reports about it are not accepted."));
    }

    private static Dictionary<string, string> Metadata(JsonElement given, string name)
    {
        if (given.ValueKind != JsonValueKind.Object) throw PayloadReader.Wrong(name, "an object", given);
        return given.EnumerateObject().ToDictionary(
            p => p.Name, p => p.Value.ValueKind == JsonValueKind.String ? p.Value.GetString()! : p.Value.GetRawText(), StringComparer.Ordinal);
    }
}
