using System.Text.Json;
using Waggle.Core.Insight;
using Waggle.Core.Tasks;
using Waggle.Delivery;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>Writes answers. They have the real server's fields and those that the document's client reads from the event of the same name.</summary>
internal static class Replies
{
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
                    AgentObjects.Created.WriteFields(writer, agent);
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
                Envelope.Write(output, "task_created", now, new NewTask(created, spec), static (writer, task) =>
                {
                    writer.WriteBoolean("success"u8, true);
                    TaskObjects.Created.WriteFields(writer, task);
                }, correlationId: request.CorrelationId);
                return;
            default:
                throw new InvalidOperationException($"{request.Action} is not answered with a {value.GetType().Name}.");
        }
    }

    /// <summary>Writes a pong. The dashboard reads <c>action</c> and expects the sequenceId that it sent, in any form.</summary>
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

    private static void WriteSnapshot(IMessageWriter output, MessageMap<HiveOverview> map, HiveOverview overview, string? correlationId)
    {
        Envelope.Write(
            output, map.Message, overview.At, (map, overview),
            static (writer, s) => s.map.Write(writer, s.overview, ObjectMap.NoRecord), correlationId: correlationId);
        output.Next();
    }

    private static void Echo(Utf8JsonWriter writer, PayloadReader message, string name)
    {
        if (message.Find(name) is not var (value, _) || value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String)) return;
        writer.WritePropertyName(name);
        value.WriteTo(writer);
    }
}
