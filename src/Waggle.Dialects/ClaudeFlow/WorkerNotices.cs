using System.Text.Json;
using Waggle.Core.Agents;
using Waggle.Delivery;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>
/// The messages to the worker of an agent, as events of topics below its own that only this connection receives. The original has none: its server gives no
/// work.
/// </summary>
internal static class WorkerNotices
{
    public static void Assign(IMessageWriter output, string agent, Assignment assignment, DateTimeOffset now) =>
        Write(output, agent, "assignment", now, (agent, assignment), static (writer, s) =>
        {
            var (agent, (lease, swarm, spec, period, _)) = s;
            writer.WriteString("taskId"u8, lease.Task);
            writer.WriteString("agentId"u8, agent);
            writer.WriteString("swarmId"u8, swarm);
            writer.WriteString("title"u8, spec.Title);
            if (spec.Type is { } type) writer.WriteString("type"u8, type);
            if (!spec.Input.IsNull)
            {
                writer.WritePropertyName("input"u8);
                writer.WriteRawValue(spec.Input.Utf8.Span, skipInputValidation: true);
            }

            if (spec.Metadata is { } metadata)
            {
                writer.WriteStartObject("metadata"u8);
                foreach (var (name, value) in metadata) writer.WriteString(name, value);
                writer.WriteEndObject();
            }

            writer.WriteNumber("attempt"u8, lease.Attempt);
            writer.WriteNumber("leaseMs"u8, (long)period.TotalMilliseconds);
        });

    public static void Cancel(IMessageWriter output, string agent, LeaseRef lease, string? reason, TimeSpan grace, DateTimeOffset now) =>
        Write(output, agent, "cancel", now, (lease, reason, grace), static (writer, s) =>
        {
            writer.WriteString("taskId"u8, s.lease.Task);
            if (s.reason is not null) writer.WriteString("reason"u8, s.reason);
            writer.WriteNumber("graceMs"u8, (long)s.grace.TotalMilliseconds);
        });

    public static void Stop(IMessageWriter output, string agent, LeaseRef lease, string reason, DateTimeOffset now) =>
        Write(output, agent, "stop", now, (lease, reason), static (writer, s) =>
        {
            writer.WriteString("taskId"u8, s.lease.Task);
            writer.WriteString("reason"u8, s.reason);
        });

    public static void RequestVote(IMessageWriter output, string agent, VoteRequested request, DateTimeOffset now) =>
        Write(output, agent, "vote-requested", now, request, static (writer, r) =>
        {
            writer.WriteString("swarmId"u8, r.Swarm);
            writer.WriteString("proposalId"u8, r.Proposal);
            writer.WritePropertyName("proposal"u8);
            Questions.Write(writer, r.Question);
            writer.WriteStartArray("options"u8);
            foreach (var option in r.Options) writer.WriteStringValue(option);
            writer.WriteEndArray();
            writer.WriteNumber("deadline"u8, r.Deadline.ToUnixTimeMilliseconds());
            if (r.Extensions > 0) writer.WriteNumber("extension"u8, r.Extensions);
        });

    public static void Deliver(IMessageWriter output, AgentMessage message, DateTimeOffset now) =>
        Write(output, message.Agent, "message", now, message, static (writer, m) =>
        {
            writer.WriteString("messageId"u8, m.Message);
            writer.WriteString("agentId"u8, m.Agent);
            writer.WriteString("swarmId"u8, m.Swarm);
            if (m.FromAgent is { } agent) writer.WriteString("fromAgentId"u8, agent);
            if (m.FromUser is { } user) writer.WriteString("fromUserId"u8, user);
            writer.WritePropertyName("content"u8);
            writer.WriteRawValue(m.Content.Utf8.Span, skipInputValidation: true);
            writer.WriteNumber("sentAt"u8, m.SentAt.ToUnixTimeMilliseconds());
            writer.WriteNumber("expiresAt"u8, m.ExpiresAt.ToUnixTimeMilliseconds());
        });

    private static void Write<T>(IMessageWriter output, string agent, string name, DateTimeOffset now, T state, Action<Utf8JsonWriter, T> fields) =>
        FlowFrames.Notice(output, $"agent.{agent}.{name}", now, state, fields);
}
