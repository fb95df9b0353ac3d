using System.Text.Json.Nodes;

namespace Waggle.Tests.Models;

/// <summary>The pieces of a streamed answer on the wire of each provider.</summary>
internal static class Wires
{
    public static IReadOnlyList<string> OpenAi(ProviderAnswer answer, string model, int number)
    {
        string Chunk(JsonNode delta, string? reason) => "data: " + new JsonObject
        {
            ["id"] = $"chatcmpl-{number}",
            ["object"] = "chat.completion.chunk",
            ["created"] = 1_700_000_000,
            ["model"] = model,
            ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = reason }),
        }.ToJsonString();

        var usage = Node("""{"object":"chat.completion.chunk","created":1700000000,"choices":[],"usage":{"prompt_tokens":1000,"prompt_tokens_details":{"cached_tokens":300},"completion_tokens":50,"completion_tokens_details":{"reasoning_tokens":20},"total_tokens":1050}}""");
        (usage["id"], usage["model"]) = ($"chatcmpl-{number}", model);
        List<string> pieces = [Chunk(Node("""{"role":"assistant","content":""}"""), null)];
        if (answer.Tool is { } tool)
        {
            var call = Node("""{"index":0,"id":"","type":"function","function":{"name":"","arguments":""}}""");
            (call["id"], call["function"]!["name"]) = ($"call_{number}", tool);
            pieces.Add(Chunk(new JsonObject { ["tool_calls"] = new JsonArray(call) }, null));
            foreach (var half in Halves(answer.Text))
            {
                var part = Node("""{"index":0,"function":{}}""");
                part["function"]!["arguments"] = half;
                pieces.Add(Chunk(new JsonObject { ["tool_calls"] = new JsonArray(part) }, null));
            }
        }
        else
        {
            foreach (var half in Halves(answer.Text)) pieces.Add(Chunk(new JsonObject { ["content"] = half }, null));
        }

        pieces.Add(Chunk(new JsonObject(), answer.Tool is null ? "stop" : "tool_calls"));
        pieces.Add("data: " + usage.ToJsonString());
        pieces.Add("data: [DONE]");
        return pieces;
    }

    public static IReadOnlyList<string> Anthropic(ProviderAnswer answer, string model, int number)
    {
        var message = Node("""{"id":"","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":500,"cache_creation_input_tokens":200,"cache_read_input_tokens":300,"output_tokens":1}}""");
        (message["id"], message["model"]) = ($"msg_{number}", model);
        var isTool = answer.Tool is not null;
        var start = Node(isTool ? """{"type":"tool_use","id":"","name":"","input":{}}""" : """{"type":"text","text":""}""");
        if (isTool) (start["id"], start["name"]) = ($"toolu_{number}", answer.Tool);
        List<JsonObject> events =
        [
            new() { ["type"] = "message_start", ["message"] = message },
            new() { ["type"] = "content_block_start", ["index"] = 0, ["content_block"] = start },
        ];
        foreach (var half in Halves(answer.Text))
        {
            var delta = Node(isTool ? """{"type":"input_json_delta"}""" : """{"type":"text_delta"}""");
            delta[isTool ? "partial_json" : "text"] = half;
            events.Add(new() { ["type"] = "content_block_delta", ["index"] = 0, ["delta"] = delta });
        }

        events.Add(Node("""{"type":"content_block_stop","index":0}"""));
        events.Add(Node($$$"""{"type":"message_delta","delta":{"stop_reason":"{{{(isTool ? "tool_use" : "end_turn")}}}","stop_sequence":null},"usage":{"output_tokens":50}}"""));
        events.Add(Node("""{"type":"message_stop"}"""));
        return [.. events.Select(e => $"event: {e["type"]}\ndata: {e.ToJsonString()}")];
    }

    public static IReadOnlyList<string> Ollama(ProviderAnswer answer, string model, int number)
    {
        string Line(JsonObject message, string rest)
        {
            var line = Node($$"""{"created_at":"2026-11-01T10:00:{{number % 60:00}}Z",{{rest}}}""");
            message["role"] = "assistant";
            (line["model"], line["message"]) = (model, message);
            return line.ToJsonString();
        }

        List<string> lines = [];
        if (answer.Tool is { } tool)
        {
            var call = new JsonObject { ["function"] = new JsonObject { ["name"] = tool, ["arguments"] = JsonNode.Parse(answer.Text) } };
            lines.Add(Line(new JsonObject { ["content"] = "", ["tool_calls"] = new JsonArray(call) }, "\"done\":false"));
        }
        else
        {
            foreach (var half in Halves(answer.Text)) lines.Add(Line(new JsonObject { ["content"] = half }, "\"done\":false"));
        }

        lines.Add(Line(new JsonObject { ["content"] = "" }, """
            "done":true,"done_reason":"stop","total_duration":1000,"load_duration":10,"prompt_eval_count":1000,"prompt_eval_duration":10,"eval_count":50,"eval_duration":10
            """));
        return lines;
    }

    private static string[] Halves(string text) => [text[..(text.Length / 2)], text[(text.Length / 2)..]];

    private static JsonObject Node(string json) => JsonNode.Parse(json)!.AsObject();
}
