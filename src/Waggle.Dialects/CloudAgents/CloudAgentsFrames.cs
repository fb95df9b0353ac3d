using System.Text.Json;
using Waggle.Delivery;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.CloudAgents;

/// <summary>The messages that need no record. Each is <c>{type, data, timestamp}</c>.</summary>
internal static class CloudAgentsFrames
{
    /// <summary>Whether a client's first frame belongs to this dialect.</summary>
    public static bool IsOne(ReadOnlyMemory<byte> frame)
    {
        try
        {
            using var message = JsonDocument.Parse(frame, new JsonDocumentOptions { MaxDepth = Limits.MaxDepth });
            return message.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
                && (type.ValueEquals("ping"u8) || type.ValueEquals("pong"u8) || type.ValueEquals("user_presence"u8));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Writes one complete message.</summary>
    /// <param name="data">Writes the data; null for a message without any.</param>
    public static void Write<T>(IMessageWriter output, string type, DateTimeOffset? at, T said, Action<Utf8JsonWriter, T>? data)
    {
        var writer = JsonWriters.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        if (data is not null)
        {
            writer.WriteStartObject("data"u8);
            data(writer, said);
            writer.WriteEndObject();
        }

        if (at is { } time)
        {
            writer.WritePropertyName("timestamp"u8);
            IsoTime.Write(writer, time);
        }

        writer.WriteEndObject();
        JsonWriters.Return(writer);
        output.Next();
    }

    public static void Bare(IMessageWriter output, string type, DateTimeOffset? at) => Write(output, type, at, type, null);

    public static void Auth(IMessageWriter output, string? user, string? problem, DateTimeOffset? at) =>
        Write(output, "auth", at, (user, problem), static (data, s) =>
    {
        data.WriteBoolean("success"u8, s.user is not null);
        if (s.user is not null) data.WriteString("userId"u8, s.user);
        else data.WriteString("error"u8, s.problem);
    });

    public static void Notify(IMessageWriter output, NotificationLevel level, string message, DateTimeOffset? at) =>
        Write(output, "notification", at, (level, message), static (data, s) =>
    {
        data.WriteString("level"u8, CloudAgentsWords.Of(s.level));
        data.WriteString("message"u8, s.message);
    });

    public static void Error(IMessageWriter output, string message, DateTimeOffset? at) =>
        Write(output, "error", at, message, static (data, m) => data.WriteString("error"u8, m));

    public static void AgentStatus(IMessageWriter output, AgentView agent, DateTimeOffset at) => Write(output, "agent_status", at, agent, static (data, a) =>
    {
        data.WriteString("agentName"u8, a.Name);
        data.WriteString("state"u8, CloudAgentsWords.StateOf(a.Status, a.Holding.Count));
    });

    public static ReplyIntent Reply(Action<IMessageWriter> write)
    {
        var output = new MessageBuffer(160);
        write(output);
        return new ReplyIntent(output.Written);
    }
}
