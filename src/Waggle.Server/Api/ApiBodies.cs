using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Server.Api;

/// <summary>Reads the bodies of the REST API: at most the length of a message, strictly, with any content type (curl -d sends form).</summary>
internal static class ApiBodies
{
    public static async Task<T> ReadAsync<T>(this ApiCall call, JsonTypeInfo<T> type)
        where T : class => Parse(await call.ReadAsync(), type);

    /// <summary>Reads a body for which an empty one means an empty object.</summary>
    public static async Task<T> ReadOrAsync<T>(this ApiCall call, JsonTypeInfo<T> type, T empty)
        where T : class
    {
        var text = await call.ReadAsync();
        return text.Length == 0 ? empty : Parse(text, type);
    }

    public static Task<ReadOnlyMemory<byte>> ReadAsync(this ApiCall call) => ReadAsync(call.Http.Request, call.Gone);

    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken gone)
    {
        if (request.ContentLength > Limits.MaxMessageBytes) throw TooLarge();
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(gone);
            if (read.Buffer.Length > Limits.MaxMessageBytes)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw TooLarge();
            }

            if (read.IsCompleted)
            {
                var text = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);

                // JSON readers pass invalid bytes on, and such bytes would end the connection of every subscriber that receives them.
                return Utf8.IsValid(text) ? ForeignJson.MendInPlace(text) : throw new ApiFault(ErrorCodes.MalformedMessage, "The body is not UTF-8.");
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public static T Parse<T>(ReadOnlyMemory<byte> text, JsonTypeInfo<T> type)
    {
        if (text.Length == 0) throw new ApiFault(ErrorCodes.MalformedMessage, "The body is empty; this takes JSON.");
        try
        {
            return JsonSerializer.Deserialize(text.Span, type) ?? throw ApiFault.Invalid("The body may not be null.");
        }
        catch (JsonException e)
        {
            throw new ApiFault(IsJson(text.Span) ? ErrorCodes.InvalidRequest : ErrorCodes.MalformedMessage, JsonFault.Describe(e));
        }
        catch (InvalidOperationException)
        {
            throw new ApiFault(ErrorCodes.MalformedMessage, "The body holds text that is not Unicode.");
        }
    }

    // The code depends on whether the body is JSON, as over the WebSocket.
    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = Limits.MaxMessageBytes });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ApiFault TooLarge() => new(ErrorCodes.TooLarge, $"A body has at most {Limits.MaxMessageBytes} bytes.");
}
