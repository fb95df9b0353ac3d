using System.Net;
using System.Text;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Shared;

namespace Waggle.Mcp;

/// <summary>Why the hub did not answer a request of MCP, in the form of the hub's own errors.</summary>
internal sealed record HubTrouble(string Code, string Message, string Next)
{
    public static HubTrouble Of(HttpRequestException e, Uri hub)
    {
        var where = Failures.Authority(hub);
        return e.StatusCode switch
        {
            null => new(
                "UNREACHABLE", $"The hub was not reached at {where}: {e.Message}",
                "Tell the operator to start it ('waggle serve') or to correct --url of 'waggle mcp'; then call the tool again."),
            HttpStatusCode.Unauthorized => new(
                ErrorCodes.Unauthenticated, $"The hub at {where} refuses the token, or there is none.",
                "Do not repeat the call: ask the operator for a token ('waggle token create') and set it as WAGGLE_TOKEN of 'waggle mcp'."),
            HttpStatusCode.Forbidden => new(
                ErrorCodes.Forbidden, $"The hub at {where} does not admit this client, or the token is for another task.",
                "Do not repeat the call: ask the operator."),
            HttpStatusCode.NotFound => new(
                ErrorCodes.NotFound, $"There is no MCP endpoint at {where}.", "Tell the operator: the hub is of an earlier version, or --url is wrong."),
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => new(
                ErrorCodes.RateLimited, $"The hub at {where} is busy or stopping (HTTP {(int)e.StatusCode}).", "Wait 5 s and call the tool again."),
            HttpStatusCode.RequestEntityTooLarge => new(ErrorCodes.TooLarge, "The request is over 1 MiB.", "Shorten the arguments and call the tool again."),
            { } status => new(
                ErrorCodes.Internal, $"The hub at {where} answered with HTTP {(int)status}.",
                "Call the tool again once; if the error stays, tell the operator."),
        };
    }

    public CallToolResult Result()
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, JsonText.Checked))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error"u8);
            writer.WriteString("code"u8, Code);
            writer.WriteString("message"u8, Message);
            writer.WriteEndObject();
            writer.WriteString("next"u8, Next);
            writer.WriteEndObject();
        }

        return new() { IsError = true, Content = [new TextContentBlock { Text = Encoding.UTF8.GetString(text.ToArray()) }] };
    }
}
