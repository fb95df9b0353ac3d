using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Waggle.Delivery;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Native;

/// <summary>Writes the results of waggle.v1's replies by their type.</summary>
internal static class Results
{
    private static readonly Dictionary<Type, JsonTypeInfo> Types = new JsonTypeInfo[]
    {
        HubJson.Default.TaskAck,
        HubJson.Default.TasksCreated,
        HubJson.Default.TaskCreated,
        HubJson.Default.TaskView,
        HubJson.Default.TaskPage,
        HubJson.Default.AgentView,
        HubJson.Default.AgentPage,
        HubJson.Default.SwarmView,
        HubJson.Default.SwarmPage,
        HubJson.Default.TopologyPage,
        HubJson.Default.MessagesSent,
        HubJson.Default.MessagesAcknowledged,
        HubJson.Default.AlertView,
        HubJson.Default.AlertPage,
        HubJson.Default.SystemView,
        HubJson.Default.Renewed,
        HubJson.Default.AuthRefreshed,
        HubJson.Default.PresenceView,
        HubJson.Default.ConversationView,
        HubJson.Default.ChatMessageView,
        HubJson.Default.NotificationView,
        HubJson.Default.MemoryEntryView,
        HubJson.Default.MemoryView,
        HubJson.Default.MemoryPage,
        HubJson.Default.MemoryNamespacePage,
        HubJson.Default.MemorySearchResult,
        HubJson.Default.ProposalView,
        HubJson.Default.BallotView,
        HubJson.Default.ProposalPage,
        HubJson.Default.BallotPage,
        HubJson.Default.CostReport,
        HubJson.Default.BudgetView,
        HubJson.Default.BudgetPage,
        HubJson.Default.BulkView,
        HubJson.Default.BulkCounted,
        HubJson.Default.BulkPage,
        HubJson.Default.PurgeView,
        HubJson.Default.PurgeCounted,
        HubJson.Default.PurgePage,
        HubJson.Default.TaskErrorPage,
        HubJson.Default.ScheduleView,
        HubJson.Default.SchedulePage,
        HubJson.Default.TaskLogPage,
        HubJson.Default.AuditPage,
        HubJson.Default.QuestionView,
        HubJson.Default.QuestionPage,
        HubJson.Default.WorkflowView,
        HubJson.Default.WorkflowPage,
        HubJson.Default.WorkflowRunView,
        HubJson.Default.WorkflowRunPage,
        HubJson.Default.WorkflowStepPage,
        HubJson.Default.SpawnView,
        HubJson.Default.SpawnPage,
        HubJson.Default.RunnerPage,
        HubJson.Default.RunnerAttached,
        HubJson.Default.ProcessGo,
        HubJson.Default.AgentReportsView,
    }.ToDictionary(t => t.Type);

    public static void Write(Utf8JsonWriter writer, object value)
    {
        if (value is SubscribeResult subscribed) WriteSubscribed(writer, subscribed);
        else JsonSerializer.Serialize(writer, value, Types[value.GetType()]);
    }

    private static void WriteSubscribed(Utf8JsonWriter writer, SubscribeResult result)
    {
        writer.WriteStartObject();
        writer.WriteString("subscription"u8, result.Subscription);
        writer.WriteBoolean("recovered"u8, result.Recovered);
        writer.WriteStartArray("records"u8);
        foreach (var record in result.Records) writer.WriteRawValue(SharedBodies.Of(record, NativeRenderer.Instance), skipInputValidation: true);
        writer.WriteEndArray();
        writer.WriteStartArray("latest"u8);
        foreach (var record in result.Latest) writer.WriteRawValue(SharedBodies.Of(record, NativeRenderer.Instance), skipInputValidation: true);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
