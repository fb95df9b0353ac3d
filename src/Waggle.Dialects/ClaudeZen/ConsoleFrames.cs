using System.Buffers;
using System.Text.Json;
using Waggle.Delivery;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>
/// Writes the JSON-RPC 2.0 messages of the repository's console: <c>initialize</c>, <c>ping</c>, <c>tools/list</c> and <c>tools/call</c>, whose tools are the
/// actions of requests.
/// </summary>
internal static class ConsoleFrames
{
    private const string ProtocolVersion = "2024-11-05";
    private const int MethodNotFound = -32601;
    private const int InvalidParams = -32602;
    private const int ServerError = -32000;

    public static void Established(IMessageWriter output, string hub, DateTimeOffset at) => Write(output, default, (hub, at), static (writer, s) =>
    {
        writer.WriteString("method"u8, "connection/established"u8);
        writer.WriteStartObject("params"u8);
        writer.WriteString("server"u8, "waggle"u8);
        writer.WriteString("version"u8, s.hub);
        writer.WritePropertyName("timestamp"u8);
        IsoTime.Write(writer, s.at);
        writer.WriteEndObject();
    });

    public static void Initialized(IMessageWriter output, RawJson id, string version) => Write(output, id, version, static (writer, version) =>
    {
        writer.WriteStartObject("result"u8);
        writer.WriteString("protocolVersion"u8, ProtocolVersion);
        writer.WriteStartObject("serverInfo"u8);
        writer.WriteString("name"u8, "waggle"u8);
        writer.WriteString("version"u8, version);
        writer.WriteEndObject();
        writer.WriteStartObject("capabilities"u8);
        writer.WriteStartObject("tools"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    /// <summary>Answers a ping; one without an id is answered by the method <c>pong</c>.</summary>
    public static void Pong(IMessageWriter output, RawJson id) => Write(output, id, id.IsNull, static (writer, isBare) =>
    {
        if (isBare) writer.WriteString("method"u8, "pong"u8);
        writer.WriteStartObject(isBare ? "params"u8 : "result"u8);
        writer.WriteEndObject();
    });

    public static void Tools(IMessageWriter output, RawJson id) => Write(output, id, 0, static (writer, _) =>
    {
        writer.WriteStartObject("result"u8);
        writer.WriteStartArray("tools"u8);
        foreach (var action in Actions.All)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, action.Name);
            writer.WriteString("description"u8, action.Becomes);
            writer.WriteStartObject("inputSchema"u8);
            writer.WriteString("type"u8, "object"u8);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary>Writes the result of a tool: its fields as the text of the content.</summary>
    public static void Result<T>(IMessageWriter output, Call call, T state, Action<Utf8JsonWriter, T> fields)
    {
        var text = new ArrayBufferWriter<byte>(256);
        using (var inner = new Utf8JsonWriter(text, JsonText.Trusted))
        {
            inner.WriteStartObject();
            fields(inner, state);
            inner.WriteEndObject();
        }

        Write(output, call.Id, text, static (writer, text) =>
        {
            writer.WriteStartObject("result"u8);
            writer.WriteStartArray("content"u8);
            writer.WriteStartObject();
            writer.WriteString("type"u8, "text"u8);
            writer.WriteString("text"u8, text.WrittenSpan);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    public static void Failed(IMessageWriter output, Call call, Trouble trouble) => Write(output, call.Id, trouble, static (writer, t) =>
    {
        writer.WriteStartObject("error"u8);
        writer.WriteNumber("code"u8, t.Code switch
        {
            ErrorCodes.UnknownType => MethodNotFound,
            ErrorCodes.InvalidRequest or Trouble.InvalidMessage => InvalidParams,
            _ => ServerError,
        });
        writer.WriteString("message"u8, t.Message);
        writer.WriteStartObject("data"u8);
        writer.WriteString("code"u8, t.Code);
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    private static void Write<T>(IMessageWriter output, RawJson id, T state, Action<Utf8JsonWriter, T> fields)
    {
        var writer = JsonWriters.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        if (!id.IsNull)
        {
            writer.WritePropertyName("id"u8);
            writer.WriteRawValue(id.Utf8.Span, skipInputValidation: true);
        }

        fields(writer, state);
        writer.WriteEndObject();
        JsonWriters.Return(writer);
        output.Next();
    }
}
