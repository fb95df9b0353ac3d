using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>Writes the answers to subscriptions and publications.</summary>
internal static class Answers
{
    public static void Acknowledge(IMessageWriter output, FlowCall call, object? value, DateTimeOffset now) =>
        FlowFrames.Ack(output, call.Id, now, value, static (writer, value) =>
        {
            if (value is TasksCreated { Tasks: [var task] }) writer.WriteString("taskId"u8, task.Id);
            else if (value is ProposalView proposal) writer.WriteString("proposalId"u8, proposal.Id);
        });

    /// <summary>Returns the error of a message that only an agent of another swarm may send; null if the agent is in the right one.</summary>
    public static Error? Misplaced(FlowCall? call, object? value) => call?.Swarm is { } swarm && value is AgentView agent && agent.Swarm != swarm
        ? new(ErrorCodes.InvalidState, $"Agent '{agent.Id}' is in swarm '{agent.Swarm}' and stays there; publish its status with swarmId to move it.")
        : null;

    /// <summary>Writes the missed events of one topic of a subscription, and after the last topic its answer.</summary>
    public static void Subscribed(IMessageWriter output, TopicTag tag, in Outcome outcome, DateTimeOffset now)
    {
        if (outcome.Error is { } error)
        {
            // A message has one answer.
            if (!tag.Resumption.HasFailed) FlowFrames.Error(output, tag.Call.Id, Vocabulary.CodeOf(error, tag.Call.Type), error, now);
            tag.Resumption.HasFailed = true;
            return;
        }

        var result = (SubscribeResult)outcome.Value!;
        tag.Resumption.IsWhole &= result.Recovered;
        if (tag.Resumption.IsAsked)
        {
            foreach (var record in result.Records) Repeat(output, record, tag);
            foreach (var record in result.Latest) Repeat(output, record, tag);
        }

        if (!tag.IsLast || tag.Resumption.HasFailed) return;
        FlowFrames.Ack(output, tag.Call.Id, now, (tag.Resumption, result.Head), static (writer, s) =>
        {
            if (s.Resumption.IsAsked) writer.WriteBoolean("recovered"u8, s.Resumption.IsWhole);
            writer.WriteString("position"u8, s.Head.ToString());
        });
    }

    private static void Repeat(IMessageWriter output, Record record, TopicTag tag)
    {
        var rows = RecordRows.Of(record);
        var messages = tag.Pattern.MessagesOf(rows) & ~tag.Before.MessagesOf(rows);
        if (messages != 0) ClaudeFlowRenderer.Of(messages).Render(record, output);
    }
}
