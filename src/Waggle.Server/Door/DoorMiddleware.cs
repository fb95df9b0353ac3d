using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Waggle.Server.Door;

internal static class DoorMiddleware
{
    /// <summary>Asks <see cref="Admission"/> before anything else sees the request; a refusal is problem+json (RFC 9457).</summary>
    public static void UseDoor(this IApplicationBuilder app, Admission admission) => app.Use(async (context, next) =>
    {
        var request = context.Request;
        var origin = request.Headers.Origin;
        var handshake = new Handshake(request.Headers.Host, origin.Count == 0 ? null : origin.ToString(), context.Connection.RemoteIpAddress);
        var admitted = admission.Ask(handshake);
        if (admitted.Ok)
        {
            await next(context);
            return;
        }

        await Problems.WriteAsync(context, admitted.Status, admitted.Code, admitted.Message);
    });
}

internal static class Problems
{
    public static async Task WriteAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteString("title"u8, message);
        writer.WriteNumber("status"u8, status);
        writer.WriteString("code"u8, code);
        writer.WriteEndObject();
    }
}
