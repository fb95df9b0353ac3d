using System.Text.Json;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>Objects that several messages and the HTTP answers have in common.</summary>
internal static class JsonShapes
{
    public const string Description = "description";

    /// <summary>What it is for, in the creator's words: those of this dialect may be longer than a title.</summary>
    public static string DescriptionOf(TaskSpec spec) => spec.Metadata?.GetValueOrDefault(Description) ?? spec.Title;

    public static void WriteCapabilities(Utf8JsonWriter writer, IReadOnlyDictionary<string, double>? capabilities, ReadOnlySpan<byte> degree)
    {
        writer.WriteStartArray();
        foreach (var (name, value) in capabilities ?? new Dictionary<string, double>(StringComparer.Ordinal))
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, name);
            writer.WriteNumber(degree, value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static void WriteProficiencies(Utf8JsonWriter writer, IReadOnlyDictionary<string, double>? capabilities) =>
        WriteCapabilities(writer, capabilities, "proficiency"u8);

    public static void WriteRequirements(Utf8JsonWriter writer, IReadOnlyDictionary<string, double>? capabilities) =>
        WriteCapabilities(writer, capabilities, "min_proficiency"u8);

    /// <summary>An agent as the dashboard reads it. What is not measured (energy, social connections) is null.</summary>
    /// <param name="place">Its place in the list: where it is drawn, and nothing more.</param>
    public static void WriteAgent(Utf8JsonWriter writer, AgentView agent, int place)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, agent.Id);
        writer.WriteString("name"u8, agent.Name);
        writer.WriteString("type"u8, Vocabulary.TypeCodeOf(agent.Type));
        writer.WriteString("state"u8, Vocabulary.CodeOf(agent.Status, agent.Holding.Count));
        writer.WriteString("status"u8, Vocabulary.Of(agent.Status, agent.Holding.Count));
        writer.WritePropertyName("capabilities"u8);
        WriteProficiencies(writer, agent.Capabilities);
        WritePlace(writer, "position"u8, place);
        writer.WriteNull("energy"u8);
        writer.WriteNumber("experience_count"u8, agent.Completed);
        writer.WriteNull("social_connections"u8);
        writer.WriteString("swarm_id"u8, agent.Swarm);
        writer.WriteNumber("tasks_completed"u8, agent.Completed);
        writer.WriteNumber("tasks_failed"u8, agent.Failed + agent.Lost);
        if (agent.AverageMs is { } average) writer.WriteNumber("average_response_time_ms"u8, average);
        writer.WriteStartArray("current_tasks"u8);
        foreach (var task in agent.Holding) writer.WriteStringValue(task);
        writer.WriteEndArray();
        writer.WritePropertyName("created_at"u8);
        IsoTime.Write(writer, agent.RegisteredAt);
        if (agent.LastSeenAt is { } seen)
        {
            writer.WritePropertyName("last_active"u8);
            IsoTime.Write(writer, seen);
        }

        writer.WriteEndObject();
    }

    public static void WriteTask(Utf8JsonWriter writer, TaskView task)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, task.Id);
        writer.WriteString("description"u8, DescriptionOf(task.Spec));
        writer.WriteString("title"u8, task.Spec.Title);
        writer.WriteString("type"u8, task.Spec.Type);
        writer.WriteNumber("priority"u8, Vocabulary.DashboardOf(task.Priority));
        writer.WriteString("status"u8, Vocabulary.CodeOf(task.State));
        if (task.Lease is { } lease) writer.WriteString("assigned_agent"u8, lease.Agent);
        writer.WritePropertyName("created_at"u8);
        IsoTime.Write(writer, task.CreatedAt);
        if (task is { State: TaskState.Completed, EndedAt: { } ended })
        {
            writer.WritePropertyName("completed_at"u8);
            IsoTime.Write(writer, ended);
        }

        writer.WriteNumber("attempts"u8, task.Attempt);
        if (task.Error is { } error) writer.WriteString("error"u8, error.Message);
        writer.WritePropertyName("required_capabilities"u8);
        WriteRequirements(writer, task.Spec.Requires);
        writer.WriteEndObject();
    }

    /// <summary>0 to 1; null: of none.</summary>
    public static double? Share(long some, long all) => all == 0 ? null : Math.Round((double)some / all, 4);

    // A spiral outwards: neighbours do not hide each other.
    public static void WritePlace(Utf8JsonWriter writer, ReadOnlySpan<byte> name, int place)
    {
        const double goldenAngle = 2.399963;
        var radius = 12 * Math.Sqrt(place);
        writer.WriteStartArray(name);
        writer.WriteNumberValue(Math.Round(radius * Math.Cos(place * goldenAngle), 2));
        writer.WriteNumberValue(Math.Round(radius * Math.Sin(place * goldenAngle), 2));
        writer.WriteEndArray();
    }
}
