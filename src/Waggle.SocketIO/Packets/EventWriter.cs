using System.Buffers;
using System.Text.Json;
using Waggle.Protocol.Json;

namespace Waggle.SocketIO.Packets;

/// <summary>Serializes arguments into JSON and attachments, in a buffer of the current thread, from which the packet is copied once.</summary>
#pragma warning disable CA1001 // The instance exists as long as its thread, and its writer holds only the buffer.
internal sealed class EventWriter
#pragma warning restore CA1001
{
    private const int KeptBytes = 1024 * 1024;

    [ThreadStatic]
    private static EventWriter? Kept;

    private readonly Utf8JsonWriter _writer;
    private ArrayBufferWriter<byte> _json = new(1024);
    private readonly List<ReadOnlyMemory<byte>> _attachments = [];

    // Like JSON.stringify, the writer escapes only what it must. This class limits the depth and keeps the structure valid.
    private EventWriter() => _writer = new(_json, new JsonWriterOptions { Encoder = PlainEncoder.Instance, MaxDepth = 1000, SkipValidation = true });

    /// <summary>Gets the array without its closing bracket, because an offset may follow.</summary>
    public ReadOnlySpan<byte> Open => _json.WrittenSpan[..^1];

    public List<ReadOnlyMemory<byte>> Attachments => _attachments;

    public static EventWriter Event(string name, ReadOnlySpan<object?> args, JsonSerializerOptions options) => Take().Write(name, args, options);

    public static EventWriter Event(string name, EventArguments args) => Take().Copy(name, args);

    public static EventWriter Ack(ReadOnlySpan<object?> args, JsonSerializerOptions options) => Take().Write(null, args, options);

    public static EventWriter Ack(EventArguments args) => Take().Copy(null, args);

    private static EventWriter Take()
    {
        var mine = Kept ??= new EventWriter();
        if (mine._json.Capacity > KeptBytes) mine._json = new ArrayBufferWriter<byte>(1024);
        else mine._json.ResetWrittenCount();
        mine._attachments.Clear();
        mine._writer.Reset(mine._json);
        return mine;
    }

    private EventWriter Write(string? name, ReadOnlySpan<object?> args, JsonSerializerOptions options)
    {
        BinaryJson.Collect(_attachments);
        try
        {
            _writer.WriteStartArray();
            if (name is not null) _writer.WriteStringValue(name);
            foreach (var arg in args) Write(arg, options);
            _writer.WriteEndArray();
            _writer.Flush();
            return this;
        }
        finally
        {
            BinaryJson.Collect(null);
        }
    }

    private void Write(object? arg, JsonSerializerOptions options)
    {
        switch (arg)
        {
            case null: _writer.WriteNullValue(); break;
            case string text: _writer.WriteStringValue(text); break;
            case RawJson raw: _writer.WriteRawValue(raw.Utf8.Span, skipInputValidation: true); break;
            default: JsonSerializer.Serialize(_writer, arg, arg.GetType(), options); break;
        }
    }

    private EventWriter Copy(string? name, EventArguments args)
    {
        var inner = args.Inner;
        _json.Write("["u8);
        if (name is not null)
        {
            _writer.WriteStringValue(name);
            _writer.Flush();
            if (!inner.IsEmpty) _json.Write(","u8);
        }

        _json.Write(inner);
        _json.Write("]"u8);
        _attachments.AddRange(args.Attachments);
        return this;
    }
}
