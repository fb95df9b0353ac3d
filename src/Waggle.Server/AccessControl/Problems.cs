using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Waggle.Protocol.Json;

namespace Waggle.Server.AccessControl;

/// <summary>Writes errors over HTTP as problem+json (RFC 9457) with the stable code.</summary>
internal static class Problems
{
    public const string ContentType = "application/problem+json";

    public static async Task WriteAsync(HttpContext context, int status, string code, string message, long? retryAfterMs = null)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = ContentType;
        if (retryAfterMs is { } wait) response.Headers.RetryAfter = ((wait + 999) / 1000).ToString(CultureInfo.InvariantCulture);
        await using var writer = new Utf8JsonWriter(response.BodyWriter, JsonText.Checked);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "about:blank"u8);
        writer.WriteString("title"u8, ReasonPhrases.GetReasonPhrase(status));
        writer.WriteNumber("status"u8, status);
        writer.WriteString("detail"u8, message);
        writer.WriteString("code"u8, code);
        if (retryAfterMs is { } ms) writer.WriteNumber("retry_after_ms"u8, ms);
        writer.WriteEndObject();
    }
}
