using System.Text.Json;
using Waggle.Core.Insight;
using Waggle.Core.Tasks;
using Waggle.Delivery;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>Answers. They have the real server's fields and those that the document's client reads from the event of the same name.</summary>
internal static class Replies
{
    // Snapshots are written by the same tables whether they answer somebody or are a record.
    public static readonly Record NoRecord = new(default, "", "overview", RecordClass.Latest, default, null, default);

    public static void Write(IMessageWriter output, DateTimeOffset now, Request request, Intent intent, object value)
    {
        switch (value)
        {
            case HiveOverview overview:
                WriteSnapshot(output, Snapshots.HiveStatus, overview, request.CorrelationId);
                if (request.Action != "greeting") return;
                foreach (var update in Snapshots.Updates) WriteSnapshot(output, update, overview, null);
                return;
            case AgentView agent:
                Envelope.Write(output, "agent_created", now, agent, static (writer, agent) =>
                {
                    writer.WriteBoolean("success"u8, true);
                    WriteAgentCreated(writer, agent);
                }, correlationId: request.CorrelationId);
                return;
            case AlertView alert:
                Envelope.Write(output, "alert_acknowledged", now, alert, static (writer, alert) =>
                {
                    writer.WriteBoolean("success"u8, true);
                    writer.WriteString("alert_id"u8, alert.Id);
                    writer.WriteString("acknowledged_by"u8, alert.AcknowledgedBy);
                }, correlationId: request.CorrelationId);
                return;
            case TasksCreated { Tasks: [var created] } when intent is CommandIntent { Command: CreateTasks { Specs: [var spec] } }:
                Envelope.Write(output, "task_created", now, (created, spec), static (writer, s) =>
                {
                    writer.WriteBoolean("success"u8, true);
                    WriteTaskCreated(writer, s.created, s.spec);
                }, correlationId: request.CorrelationId);
                return;
            default:
                throw new InvalidOperationException($"{request.Action} is not answered with a {value.GetType().Name}.");
        }
    }

    /// <summary>The dashboard looks at <c>action</c> and takes back the sequenceId that it sent, whatever its form.</summary>
    public static ReadOnlyMemory<byte> Pong(PayloadReader message, Request request, DateTimeOffset now)
    {
        var output = new MessageBuffer(256);
        var writer = JsonWriters.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("action"u8, "pong"u8);
        writer.WriteString("type"u8, "pong"u8);
        writer.WriteString("message_type"u8, "pong"u8);
        Echo(writer, message, "sequenceId");
        Echo(writer, message, "testId");
        writer.WriteStartObject("data"u8);
        Echo(writer, message, "timestamp");
        writer.WriteEndObject();
        writer.WritePropertyName("timestamp"u8);
        IsoTime.Write(writer, now);
        if (request.CorrelationId is { } id) writer.WriteString("correlation_id"u8, id);
        writer.WriteEndObject();
        JsonWriters.Return(writer);
        return output.Written;
    }

    public static void WriteAgentCreated(Utf8JsonWriter writer, AgentView agent)
    {
        writer.WriteString("agent_id"u8, agent.Id);
        writer.WriteStartObject("agent"u8);
        writer.WriteString("id"u8, agent.Id);
        writer.WriteString("name"u8, agent.Name);
        writer.WriteString("type"u8, Vocabulary.TypeOf(agent.Type));
        writer.WriteString("status"u8, Vocabulary.Of(agent.Status, agent.Holding.Count));
        writer.WritePropertyName("capabilities"u8);
        JsonShapes.WriteProficiencies(writer, agent.Capabilities);
        writer.WritePropertyName("created_at"u8);
        IsoTime.Write(writer, agent.RegisteredAt);
        writer.WriteEndObject();
    }

    public static void WriteTaskCreated(Utf8JsonWriter writer, Waggle.Protocol.Messages.TaskCreated created, TaskSpec spec)
    {
        writer.WriteString("task_id"u8, created.Id);
        writer.WriteStartObject("task"u8);
        writer.WriteString("id"u8, created.Id);
        writer.WriteString("description"u8, JsonShapes.DescriptionOf(spec));
        if (spec.Type is not null) writer.WriteString("type"u8, spec.Type);
        writer.WriteNumber("priority"u8, Vocabulary.NumberOf(spec.Priority!.Value));
        writer.WriteString("status"u8, Vocabulary.Of(created.State));
        writer.WritePropertyName("required_capabilities"u8);
        JsonShapes.WriteRequirements(writer, spec.Requires);
        writer.WriteEndObject();
        writer.WriteNumber("matching_agents"u8, created.MatchingAgents);
    }

    private static void WriteSnapshot(IMessageWriter output, MessageMap<HiveOverview> map, HiveOverview overview, string? correlationId)
    {
        Envelope.Write(
            output, map.Message, overview.At, (map, overview), static (writer, s) => s.map.Write(writer, s.overview, NoRecord), correlationId: correlationId);
        output.Next();
    }

    private static void Echo(Utf8JsonWriter writer, PayloadReader message, string name)
    {
        if (message.Find(name) is not var (value, _) || value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String)) return;
        writer.WritePropertyName(name);
        value.WriteTo(writer);
    }
}
