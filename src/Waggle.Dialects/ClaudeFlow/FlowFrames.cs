using System.Text.Json;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>Writes frames. Each has an id, a type, the version and a time in milliseconds since 1970.</summary>
internal static class FlowFrames
{
    public const string Version = "1.0.0";

    /// <summary>Writes one frame.</summary>
    /// <param name="fields">Writes the fields after those that every frame has.</param>
    public static void Write<T>(IMessageWriter output, string id, string type, DateTimeOffset at, T state, Action<Utf8JsonWriter, T> fields)
    {
        var writer = JsonWriters.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("id"u8, id);
        writer.WriteString("type"u8, type);
        writer.WriteString("version"u8, Version);
        writer.WriteNumber("timestamp"u8, at.ToUnixTimeMilliseconds());
        fields(writer, state);
        writer.WriteEndObject();
        JsonWriters.Return(writer);
        output.Next();
    }

    /// <summary>Writes an event.</summary>
    /// <param name="data">Writes the value of <c>data</c>.</param>
    /// <param name="sequenceNumber">The number of the record on the topic; null for an event that is sent again or to one client alone.</param>
    public static void Event<T>(
        IMessageWriter output, string id, string topic, DateTimeOffset at, Position? position, T state, Action<Utf8JsonWriter, T> data,
        long? sequenceNumber = null) =>
        Write(output, id, "event", at, (topic, position, state, data, sequenceNumber), static (writer, s) =>
        {
            writer.WriteString("topic"u8, s.topic);
            writer.WritePropertyName("data"u8);
            s.data(writer, s.state);
            if (s.sequenceNumber is { } number) writer.WriteNumber("sequenceNumber"u8, number);
            if (s.position is { } position) writer.WriteString("position"u8, position.ToString());
        });

    /// <summary>Writes an event about the connection itself, whose data is an object.</summary>
    public static void Notice<T>(IMessageWriter output, string topic, DateTimeOffset at, T state, Action<Utf8JsonWriter, T> fields) =>
        Event(output, IdAt(at), topic, at, null, (state, fields, at), static (writer, s) =>
        {
            writer.WriteStartObject();
            s.fields(writer, s.state);
            writer.WriteNumber("timestamp"u8, s.at.ToUnixTimeMilliseconds());
            writer.WriteEndObject();
        });

    public static void Ack(IMessageWriter output, string messageId, DateTimeOffset at) => Ack(output, messageId, at, 0, static (_, _) => { });

    /// <param name="more">Writes fields after those of the original.</param>
    public static void Ack<T>(IMessageWriter output, string messageId, DateTimeOffset at, T state, Action<Utf8JsonWriter, T> more) =>
        Write(output, $"ack-{messageId}", "ack", at, (messageId, state, more), static (writer, s) =>
        {
            writer.WriteString("messageId"u8, s.messageId);
            writer.WriteBoolean("success"u8, true);
            s.more(writer, s.state);
        });

    /// <summary>Writes an error. Clients find their request by its id.</summary>
    /// <param name="id">The id of the client's message; null if it has none.</param>
    public static void Error(IMessageWriter output, string? id, string code, Error error, DateTimeOffset at) =>
        Write(output, id ?? IdAt(at), "error", at, (code, error), static (writer, s) =>
        {
            writer.WriteString("code"u8, s.code);
            writer.WriteString("message"u8, s.error.Message);
            writer.WriteStartObject("details"u8);
            writer.WriteString("code"u8, s.error.Code);
            if (s.error.RetryAfterMs is { } wait) writer.WriteNumber("retryAfterMs"u8, wait);
            if (s.code == Vocabulary.UnsupportedVersion) WriteVersions(writer);
            writer.WriteEndObject();
        });

    public static void Negotiation(IMessageWriter output, string id, DateTimeOffset at, bool selected) =>
        Write(output, id, "version-negotiation", at, selected, static (writer, selected) =>
        {
            WriteVersions(writer);
            if (selected) writer.WriteString("selectedVersion"u8, Version);
        });

    public static string IdAt(DateTimeOffset at) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"hub-{at.ToUnixTimeMilliseconds()}");

    private static void WriteVersions(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("supportedVersions"u8);
        writer.WriteStringValue(Version);
        writer.WriteEndArray();
    }
}
