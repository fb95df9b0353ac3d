using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Waggle.Server.AccessControl;
using Waggle.Server.Http;

namespace Waggle.Server.Endpoints;

/// <summary>Answers a client whose first request did not arrive in time. It answers here, because HTTP would start the time again.</summary>
internal static class SlowHead
{
    public static async Task RefuseAsync(ConnectionContext connection, TimeSpan limit)
    {
        var body = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"type":"about:blank","title":"Request Timeout","status":408,"detail":"The head of the request """ +
            $$"""did not come whole within {{limit.TotalSeconds:0.###}} s.","code":"{{ErrorStatus.RequestTimeout}}"}""");
        var answer = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 408 Request Timeout\r\nContent-Type: {Problems.ContentType}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
        await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(answer));

        // The operating system resets a socket that is closed over unread bytes, and the reset can overtake the answer.
        if (connection.Transport.Input.TryRead(out var read)) connection.Transport.Input.AdvanceTo(read.Buffer.End);
    }
}
