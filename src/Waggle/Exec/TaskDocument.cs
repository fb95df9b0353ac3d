using System.Text.Json;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Exec;

/// <summary>Writes a task for its command: one line of JSON on standard input.</summary>
internal static class TaskDocument
{
    public static byte[] Json(TaskWork work)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, JsonText.Checked))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, work.Id);
            writer.WriteNumber("attempt"u8, work.Attempt);
            writer.WriteString("title"u8, work.Spec.Title);
            if (work.Spec.Type is { } type) writer.WriteString("type"u8, type);
            writer.WriteString("swarm"u8, work.Swarm);
            writer.WritePropertyName("input"u8);
            writer.WriteRawValue(work.Input.Utf8.Span);
            writer.WriteStartObject("metadata"u8);
            foreach (var (name, value) in work.Spec.Metadata ?? new Dictionary<string, string>()) writer.WriteString(name, value);
            writer.WriteEndObject();
            writer.WriteString("idempotency_key"u8, work.Id);
            writer.WriteStartArray("dependencies"u8);
            foreach (var dependency in work.Dependencies) JsonSerializer.Serialize(writer, dependency, HubJson.Default.Dependency);
            writer.WriteEndArray();
            if (work.Answers.Count > 0)
            {
                writer.WriteStartArray("answers"u8);
                foreach (var answer in work.Answers) JsonSerializer.Serialize(writer, answer, HubJson.Default.QuestionAnswer);
                writer.WriteEndArray();
            }

            if (!work.Checkpoint.IsNull)
            {
                writer.WritePropertyName("checkpoint"u8);
                writer.WriteRawValue(work.Checkpoint.Utf8.Span);
            }

            writer.WriteEndObject();
        }

        text.WriteByte((byte)'\n');
        return text.ToArray();
    }
}
