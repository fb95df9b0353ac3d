using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Waggle.Protocol.Json;

namespace Waggle.Server.Mcp;

/// <summary>
/// The answers of tools as JSON text of at most <see cref="MaxBytes"/>, because a model reads every byte. A list that is longer has a cursor; a text that is
/// longer is clipped or comes in pieces.
/// </summary>
internal static class ToolJson
{
    public const int MaxBytes = 8 * 1024;

    private const int WidestText = 2000;

    public static string Text(JsonObject answer) => Encoding.UTF8.GetString(Bytes(answer));

    public static bool Fits(JsonObject answer) => Bytes(answer).Length <= MaxBytes;

    /// <summary>Returns the answer with the longest texts that fit.</summary>
    /// <param name="build">Builds the answer with texts of at most this number of characters.</param>
    public static JsonObject Shrink(Func<int, JsonObject> build)
    {
        for (var width = WidestText; ; width /= 2)
        {
            var answer = build(width);
            if (width == 1 || Fits(answer)) return answer;
        }
    }

    /// <summary>Returns the longest page that fits.</summary>
    /// <param name="build">Builds the page with at most this number of entries.</param>
    public static async Task<JsonObject> FitAsync(int limit, Func<int, Task<JsonObject>> build)
    {
        for (; ; limit /= 2)
        {
            var page = await build(limit);
            if (limit == 1 || Fits(page)) return page;
        }
    }

    /// <summary>Returns JSON from a payload, or a clipped text of it if it is longer.</summary>
    public static JsonNode? Clipped(RawJson payload, int width)
    {
        if (payload.IsNull) return null;
        if (payload.Utf8.Length <= width) return JsonNode.Parse(payload.Utf8.Span, null, new JsonDocumentOptions { MaxDepth = 128 });
        return JsonValue.Create(PlainText.Clip(payload.ToString(), width));
    }

    /// <summary>Sets a property that has a value.</summary>
    public static JsonObject With(this JsonObject json, string name, JsonNode? value)
    {
        if (value is not null) json[name] = value;
        return json;
    }

    private static ReadOnlySpan<byte> Bytes(JsonObject answer)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(output, JsonText.Checked)) answer.WriteTo(writer);
        return output.WrittenSpan;
    }
}
