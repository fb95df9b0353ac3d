using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Exec.Coding;

/// <summary>
/// The session of an agent, kept as the checkpoint of its task. The next attempt resumes it if it runs on the same machine in the same folder, where the agent
/// has its files.
/// </summary>
/// <param name="Used">What the session used so far, for agents that count it as a whole.</param>
internal sealed record CodingSession(string Agent, string Id, string Machine, string Folder, IReadOnlyList<Usage> Used)
{
    private const int MaxId = 100;

    public static CodingSession New(string agent, string id, string folder, IReadOnlyList<Usage> used) => new(agent, id, Environment.MachineName, folder, used);

    /// <returns>The session; null if the checkpoint has none that can be resumed here.</returns>
    public static CodingSession? Read(RawJson checkpoint, string agent, string folder)
    {
        if (checkpoint.IsNull) return null;
        var root = checkpoint.ToElement();
        return Text(root, "agent") == agent && Text(root, "machine") == Environment.MachineName && Text(root, "folder") == folder
            && Text(root, "session") is { } id && IsId(id)
                ? new(agent, id, Environment.MachineName, folder, UsedOf(root))
                : null;
    }

    public RawJson ToJson()
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, JsonText.Checked))
        {
            writer.WriteStartObject();
            writer.WriteString("agent"u8, Agent);
            writer.WriteString("session"u8, Id);
            writer.WriteString("machine"u8, Machine);
            writer.WriteString("folder"u8, Folder);
            if (Used.Count > 0)
            {
                writer.WriteStartArray("used"u8);
                foreach (var usage in Used) JsonSerializer.Serialize(writer, usage, HubJson.Default.Usage);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return RawJson.FromTrusted(text.ToArray());
    }

    // It becomes an argument of the agent's program, and a checkpoint may be written by others.
    private static bool IsId(string id) =>
        id.Length is > 0 and <= MaxId && id[0] != '-' && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static string? Text(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static List<Usage> UsedOf(JsonElement root)
    {
        if (!root.TryGetProperty("used", out var used) || used.ValueKind != JsonValueKind.Array) return [];
        try
        {
            return [.. used.EnumerateArray().Select(u => u.Deserialize(HubJson.Default.Usage)).OfType<Usage>()];
        }
        catch (JsonException)
        {
            // The checkpoint of another program that looks like ours.
            return [];
        }
    }
}
