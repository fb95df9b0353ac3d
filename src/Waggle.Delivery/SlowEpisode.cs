using System.Buffers;
using System.Text.Json;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>A time in which a client read too slowly: from the first dropped record until the client had caught up or was disconnected.</summary>
/// <param name="Connection">The id of the connection.</param>
/// <param name="Agent">The agent that the client represents; null if it represents none.</param>
/// <param name="Dropped">The number of dropped records.</param>
/// <param name="Closed">Whether the client was disconnected.</param>
internal sealed record SlowEpisode(string Connection, string? Agent, long Dropped, bool Closed)
{
    public const string Kind = "slow_consumer";

    /// <summary>Returns the record that reports the episode to subscribers. It is not in the log.</summary>
    public Record ToRecord(Position head, DateTimeOffset at)
    {
        var data = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(data, JsonText.Checked))
        {
            writer.WriteStartObject();
            writer.WriteString("connection"u8, Connection);
            if (Agent is not null) writer.WriteString("agent"u8, Agent);
            writer.WriteNumber("dropped"u8, Dropped);
            writer.WriteBoolean("closed"u8, Closed);
            writer.WriteEndObject();
        }

        return new Record(head, $"connection.{Connection}.slow", Kind, RecordClass.Stream, at, null, data.WrittenMemory);
    }
}
