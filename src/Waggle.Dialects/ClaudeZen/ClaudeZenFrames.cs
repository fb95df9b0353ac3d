using System.Text.Json;
using Waggle.Delivery;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>Writes messages of the dialect: <c>{id?, type, channel?, timestamp, data}</c>.</summary>
internal static class ClaudeZenFrames
{
    /// <summary>The longest client message that an error repeats.</summary>
    private const int MaxRepeated = 16 * 1024;

    /// <param name="data">Writes the fields of the data.</param>
    public static void Write<T>(
        IMessageWriter output, string type, DateTimeOffset at, T state, Action<Utf8JsonWriter, T> data, string? channel = null, RawJson id = default)
    {
        var writer = JsonWriters.Rent(output);
        writer.WriteStartObject();
        if (!id.IsNull)
        {
            writer.WritePropertyName("id"u8);
            writer.WriteRawValue(id.Utf8.Span, skipInputValidation: true);
        }

        writer.WriteString("type"u8, type);
        if (channel is not null) writer.WriteString("channel"u8, channel);
        writer.WritePropertyName("timestamp"u8);
        IsoTime.Write(writer, at);
        writer.WriteStartObject("data"u8);
        data(writer, state);
        writer.WriteEndObject();
        writer.WriteEndObject();
        JsonWriters.Return(writer);
        output.Next();
    }

    /// <param name="original">The client's message, if it was valid JSON.</param>
    public static void Error(IMessageWriter output, DateTimeOffset at, Trouble trouble, RawJson id = default, ReadOnlyMemory<byte> original = default) =>
        Write(output, "error", at, (trouble, original), static (writer, s) =>
        {
            WriteTrouble(writer, s.trouble);
            if (s.original.IsEmpty || s.original.Length > MaxRepeated) return;
            writer.WritePropertyName("originalMessage"u8);
            writer.WriteRawValue(s.original.Span, skipInputValidation: true);
        }, id: id);

    public static void WriteTrouble(Utf8JsonWriter writer, Trouble trouble)
    {
        writer.WriteString("code"u8, trouble.Code);
        writer.WriteString("message"u8, trouble.Message);
        if (trouble.RetryAfterMs is { } wait) writer.WriteNumber("retryAfter"u8, wait);
        if (trouble.Details.Count == 0) return;
        writer.WriteStartObject("details"u8);
        foreach (var (name, value) in trouble.Details)
        {
            writer.WritePropertyName(name);
            if (value is string text) writer.WriteStringValue(text);
            else writer.WriteNumberValue((long)value);
        }

        writer.WriteEndObject();
    }
}

/// <summary>An error in the dialect's form.</summary>
internal sealed record Trouble(string Code, string Message)
{
    public const string InvalidMessage = "INVALID_MESSAGE";

    public const string InvalidChannel = "INVALID_CHANNEL";

    public long? RetryAfterMs { get; init; }

    /// <summary>Texts and whole numbers.</summary>
    public IReadOnlyList<(string Name, object Value)> Details { get; init; } = [];

    public static Trouble Of(Core.Kernel.Error error) => new(error.Code, error.Message) { RetryAfterMs = error.RetryAfterMs };
}
