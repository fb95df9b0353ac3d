using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;
using Waggle.Server.AccessControl;
using Waggle.Server.Http;

namespace Waggle.Server.Api;

/// <summary>Writes the answers of the REST API: JSON, the position up to which it is true, and an ETag where it helps.</summary>
internal static class ApiAnswers
{
    public static async Task AnswerAsync(this ApiCall call, Outcome outcome, int status = StatusCodes.Status200OK)
    {
        if (outcome.Error is { } error) throw new ApiFault(error);
        var response = call.Http.Response;
        response.Headers[ApiHeaders.Position] = outcome.Head.ToString();
        response.Headers.CacheControl = "no-cache";
        if (outcome.Value is null)
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var body = new ArrayBufferWriter<byte>(1024);
        Write(body, outcome.Value);
        response.StatusCode = status;
        if (call.Operation.Tagged && IsKnown(call.Http, TagOf(body.WrittenSpan)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = "application/json";
        response.ContentLength = body.WrittenCount;
        await response.BodyWriter.WriteAsync(body.WrittenMemory, call.Gone);
    }

    public static Task FailAsync(HttpContext context, Error error) =>
        Problems.WriteAsync(context, ErrorStatus.Of(error.Code), error.Code, error.Message, error.RetryAfterMs);

    private static void Write(ArrayBufferWriter<byte> output, object value)
    {
        var writer = JsonWriters.Rent(output);
        JsonSerializer.Serialize(writer, value, RestTypes.Of(value));
        JsonWriters.Return(writer);
    }

    // The tag is a hash of the text, so it changes with every visible change, progress included.
    private static string TagOf(ReadOnlySpan<byte> body) => $"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 12))}\"";

    private static bool IsKnown(HttpContext context, string tag)
    {
        context.Response.Headers.ETag = tag;
        foreach (var line in context.Request.Headers.IfNoneMatch)
        {
            foreach (var known in (line ?? "").Split(',', StringSplitOptions.TrimEntries))
            {
                if (known == "*" || known == tag || known == $"W/{tag}") return true;
            }
        }

        return false;
    }
}
