using System.Text.Json;
using Waggle.Dialects.Http;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.ClaudeZenFlow;

/// <summary>The HTTP of the dialect: bare objects, and errors as <c>{error, code}</c>.</summary>
internal static class ClaudeZenFlowHttp
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Limits.MaxDepth, AllowDuplicateProperties = false };

    public static IReadOnlyList<DialectRoute> Routes { get; } = [new("POST", "/api/swarms", CreateSwarmAsync)];

    private static async Task<DialectReply> CreateSwarmAsync(DialectRequest request)
    {
        var swarm = await request.AskAsync(Commands.Swarm(new PayloadReader(Parse(request.Body), ""), request.By));
        return DialectReply.Json(200, writer =>
        {
            writer.WriteStartObject();
            Pictures.Write(writer, Pictures.Swarm, swarm);
            writer.WriteEndObject();
        });
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonElement.Parse(body.Span, Strict);
        }
        catch (JsonException e)
        {
            throw PayloadReader.Invalid($"This is not JSON: {JsonFault.Describe(e)}");
        }
    }
}
