using System.Collections;
using System.Text.Json;
using Waggle.Client;
using Waggle.Commands.Shared;
using Waggle.Protocol.Json;

namespace Waggle.Exec;

/// <summary>A task as its command gets it: JSON on standard input, and the parts that scripts want in variables.</summary>
internal static class TaskDocument
{
    /// <summary>Linux takes no variable of more than 128 KiB, and all of them together have to fit as well.</summary>
    public const int MaxVariableBytes = 64 * 1024;

    public const string SecretVariable = "WAGGLE_AGENT_SECRET";

    public static byte[] Json(TaskWork work)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text))
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
            writer.WriteEndObject();
        }

        text.WriteByte((byte)'\n');
        return text.ToArray();
    }

    /// <summary>The worker's own variables and the task's. The id is the idempotency key: the same for every attempt.</summary>
    public static Dictionary<string, string> Environment(TaskWork work, Uri url)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry own in System.Environment.GetEnvironmentVariables())
        {
            var name = (string)own.Key;
            if (!name.StartsWith("WAGGLE_TASK_", StringComparison.Ordinal) && name != SecretVariable) variables[name] = (string?)own.Value ?? "";
        }

        Set("WAGGLE_URL", Failures.Authority(url));
        Set("WAGGLE_TASK_ID", work.Id);
        Set("WAGGLE_TASK_IDEMPOTENCY_KEY", work.Id);
        Set("WAGGLE_TASK_ATTEMPT", work.Attempt.ToString());
        Set("WAGGLE_TASK_TITLE", work.Spec.Title);
        Set("WAGGLE_TASK_TYPE", work.Spec.Type ?? "");
        Set("WAGGLE_TASK_SWARM", work.Swarm);
        if (!work.Input.IsNull && work.Input.Utf8.Length < MaxVariableBytes)
        {
            Set("WAGGLE_TASK_INPUT", work.Input.ToString());
            if (Prompt(work.Input.ToElement()) is { } prompt) Set("WAGGLE_TASK_PROMPT", prompt);
        }

        return variables;

        void Set(string name, string value)
        {
            // A variable ends at its first zero: half a value would be worse than none.
            if (!value.Contains('\0', StringComparison.Ordinal)) variables[name] = value;
        }
    }

    private static string? Prompt(JsonElement input) => input.ValueKind switch
    {
        JsonValueKind.String => input.GetString(),
        JsonValueKind.Object when input.TryGetProperty("prompt", out var prompt) && prompt.ValueKind == JsonValueKind.String => prompt.GetString(),
        _ => null,
    };
}
