using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Waggle.Tests.Exec.Coding;

/// <summary>
/// A server with the wire of two providers, Anthropic's Messages API and OpenAI's Responses API, both with streaming. It has no model: the test says what each
/// request is answered with. Coding agents of other authors talk to it.
/// </summary>
internal sealed class ModelServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ModelServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>The bodies of all requests for an answer.</summary>
    public ConcurrentQueue<JsonElement> Requests { get; } = [];

    /// <summary>Decides the answer to a request. The second argument is the number of the request, from 0.</summary>
    public Func<JsonElement, int, ModelAnswer> Answer { get; set; } = (_, _) => ModelAnswer.Say("All done.");

    public static async Task<ModelServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new ModelServer(builder.Build());
        server._app.MapPost("/v1/messages", server.MessagesAsync);
        server._app.MapPost("/v1/responses", server.ResponsesAsync);
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task MessagesAsync(HttpContext context)
    {
        var (request, answer) = await DecideAsync(context);
        if (answer.Status != 200)
        {
            context.Response.StatusCode = answer.Status;
            await context.Response.WriteAsJsonAsync(new JsonObject { ["type"] = "error", ["error"] = Error(answer) });
            return;
        }

        var model = request.GetProperty("model").GetString();
        var message = Node("""{"id":"msg_ID","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1000,"cache_creation_input_tokens":200,"cache_read_input_tokens":300,"output_tokens":1}}""");
        message["id"] = $"msg_{Requests.Count}";
        message["model"] = model;
        var isTool = answer.Tool is not null;
        var start = Node(isTool ? """{"type":"tool_use","id":"","name":"","input":{}}""" : """{"type":"text","text":""}""");
        var delta = Node(isTool ? """{"type":"input_json_delta"}""" : """{"type":"text_delta"}""");
        delta[isTool ? "partial_json" : "text"] = answer.Text;
        if (isTool) (start["id"], start["name"]) = ($"toolu_{Requests.Count}", answer.Tool);
        await StreamAsync(
            context,
            new JsonObject { ["type"] = "message_start", ["message"] = message },
            new JsonObject { ["type"] = "content_block_start", ["index"] = 0, ["content_block"] = start },
            new JsonObject { ["type"] = "content_block_delta", ["index"] = 0, ["delta"] = delta },
            Node("""{"type":"content_block_stop","index":0}"""),
            Node("""{"type":"message_delta","delta":{"stop_reason":"REASON","stop_sequence":null},"usage":{"output_tokens":50}}""".Replace("REASON", isTool ? "tool_use" : "end_turn", StringComparison.Ordinal)),
            Node("""{"type":"message_stop"}"""));
    }

    private async Task ResponsesAsync(HttpContext context)
    {
        var (request, answer) = await DecideAsync(context);
        if (answer.Status != 200)
        {
            context.Response.StatusCode = answer.Status;
            await context.Response.WriteAsJsonAsync(new JsonObject { ["error"] = Error(answer) });
            return;
        }

        var item = Node("""{"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","annotations":[]}]}""");
        item["content"]![0]!["text"] = answer.Text;
        var response = new JsonObject { ["id"] = "resp_1", ["object"] = "response", ["model"] = request.GetProperty("model").GetString(), ["status"] = "in_progress", ["output"] = new JsonArray() };
        var completed = response.DeepClone();
        completed["status"] = "completed";
        completed["usage"] = Node("""{"input_tokens":1000,"input_tokens_details":{"cached_tokens":300},"output_tokens":50,"output_tokens_details":{"reasoning_tokens":20},"total_tokens":1050}""");
        await StreamAsync(
            context,
            new JsonObject { ["type"] = "response.created", ["response"] = response },
            new JsonObject { ["type"] = "response.output_item.added", ["output_index"] = 0, ["item"] = item },
            new JsonObject { ["type"] = "response.output_item.done", ["output_index"] = 0, ["item"] = item.DeepClone() },
            new JsonObject { ["type"] = "response.completed", ["response"] = completed });
    }

    private async Task<(JsonElement Request, ModelAnswer Answer)> DecideAsync(HttpContext context)
    {
        using var document = await JsonDocument.ParseAsync(context.Request.Body);
        var request = document.RootElement.Clone();
        var number = Requests.Count;
        Requests.Enqueue(request);
        return (request, Answer(request, number));
    }

    private static JsonObject Error(ModelAnswer answer) => new() { ["type"] = answer.Type, ["message"] = answer.Text };

    private static JsonObject Node(string json) => JsonNode.Parse(json)!.AsObject();

    private static async Task StreamAsync(HttpContext context, params JsonObject[] events)
    {
        context.Response.ContentType = "text/event-stream";
        foreach (var e in events) await context.Response.WriteAsync($"event: {e["type"]}\ndata: {e.ToJsonString()}\n\n");
    }
}

/// <summary>What a model says, or how its server refuses.</summary>
/// <param name="Text">The text, the input of the tool as JSON, or the message of the refusal.</param>
/// <param name="Tool">The tool that the model uses; null for a text.</param>
/// <param name="Type">The type of the refusal.</param>
internal sealed record ModelAnswer(int Status, string Text, string? Tool = null, string? Type = null)
{
    public static ModelAnswer Say(string text) => new(200, text);

    public static ModelAnswer Use(string tool, string input) => new(200, input, tool);

    public static ModelAnswer Refuse(int status, string type, string message) => new(status, message, Type: type);
}
