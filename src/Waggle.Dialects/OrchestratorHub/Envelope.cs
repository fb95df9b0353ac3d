using System.Text.Json;
using Waggle.Delivery;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>
/// The envelope. Clients of the document read <c>type</c> and those of the code read <c>message_type</c>, so each frame has both. The envelope and the data
/// both contain the time.
/// </summary>
internal static class Envelope
{
    /// <param name="sequence">The number of a message made from a record. Replies have none, because an ordering client would then miss the messages after
    /// them.</param>
    public static void Write<T>(
        IMessageWriter output, string type, DateTimeOffset at, T state, Action<Utf8JsonWriter, T> data, long? sequence = null, string? correlationId = null)
    {
        var writer = JsonWriters.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        writer.WriteString("message_type"u8, type);
        writer.WriteStartObject("data"u8);
        data(writer, state);
        writer.WritePropertyName("timestamp"u8);
        IsoTime.Write(writer, at);
        writer.WriteEndObject();
        writer.WritePropertyName("timestamp"u8);
        IsoTime.Write(writer, at);
        if (sequence is { } number) writer.WriteNumber("sequence"u8, number);
        if (correlationId is not null) writer.WriteString("correlation_id"u8, correlationId);
        writer.WriteEndObject();
        JsonWriters.Return(writer);
    }

    /// <summary>Writes an error that concerns this client only.</summary>
    public static void WriteTrouble(IMessageWriter output, DateTimeOffset at, Trouble trouble) =>
        Write(output, "error_occurred", at, (trouble, at), static (writer, state) =>
    {
        var (trouble, at) = state;
        writer.WriteString("error_id"u8, $"err-{at.ToUnixTimeMilliseconds()}");
        writer.WriteString("component"u8, trouble.Component);
        writer.WriteStartObject("error"u8);
        writer.WriteString("code"u8, trouble.Code);
        writer.WriteString("message"u8, trouble.Message);
        writer.WriteStartObject("details"u8);
        foreach (var (name, value) in trouble.Details) writer.WriteNumber(name, value);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteString("severity"u8, trouble.Severity);
    });

    public static void WriteError(IMessageWriter output, DateTimeOffset at, string message, string code, string? correlationId = null) =>
        Write(output, "error", at, (message, code), static (writer, state) =>
        {
            writer.WriteString("error"u8, state.message);
            writer.WriteString("code"u8, state.code);
        }, correlationId: correlationId);
}

internal sealed record Trouble(string Component, string Code, string Message, string Severity, params (string Name, long Value)[] Details);
