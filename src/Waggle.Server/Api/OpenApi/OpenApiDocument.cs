using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Waggle.Protocol;
using Waggle.Server.AccessControl;
using Waggle.Server.Http;

namespace Waggle.Server.Api.OpenApi;

/// <summary>Writes the OpenAPI 3.1 document of the mapped operations.</summary>
internal static class OpenApiDocument
{
    private static readonly string[] Anywhere =
        [ErrorCodes.InvalidRequest, ErrorCodes.Unauthenticated, ErrorCodes.Forbidden, ErrorCodes.RateLimited, ErrorCodes.Internal, ErrorCodes.StoreUnavailable];

    public static JsonObject Of(IEnumerable<(string Method, string Path, Operation Operation)> operations)
    {
        var schemas = new Schemas();
        var paths = new JsonObject();
        foreach (var (method, path, operation) in operations)
        {
            // HEAD is GET without the body for every path.
            if (HttpMethods.IsHead(method)) continue;
            if (paths[path] is not JsonObject item) paths[path] = item = [];
            item[method.ToLowerInvariant()] = Describe(path, operation, schemas);
        }

        schemas.Components["Problem"] = ProblemSchema();
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Waggle",
                ["version"] = "v1",
                ["description"] = "A hub for swarms of AI agents. Times are UTC, "
                + "durations milliseconds."
            },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas.Components,
                ["securitySchemes"] = new JsonObject { ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT" } },
            },

            // The second entry permits no token, as development mode does.
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }, new JsonObject()),
        };
    }

    private static JsonObject Describe(string path, Operation operation, Schemas schemas)
    {
        var described = new JsonObject
        {
            ["operationId"] = operation.Id,
            ["summary"] = operation.Summary,
            ["tags"] = new JsonArray(
            path[(path.IndexOf(ApiRoutes.Prefix, StringComparison.Ordinal) + ApiRoutes.Prefix.Length + 1)..].Split('/')[0])
        };
        var parameters = ParametersOf(path, operation);
        if (parameters.Count > 0) described["parameters"] = parameters;
        if (operation.TakesContent) described["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content("*/*", Binary()) };
        else if (operation.Body() is { Count: > 0 } bodies)
            described["requestBody"] = new JsonObject { ["required"] = !operation.BodyOptional, ["content"] = Content("application/json", schemas.Of(bodies)) };
        described["responses"] = ResponsesOf(operation, schemas);
        return described;
    }

    private static JsonArray ParametersOf(string path, Operation operation)
    {
        var all = new JsonArray();
        foreach (var part in path.Split('/').Where(p => p.StartsWith('{'))) all.Add(Describe(new(part.Trim('{', '}'), "Its id.", Required: true), "path"));
        foreach (var parameter in operation.Query) all.Add(Describe(parameter, "query"));
        foreach (var header in operation.Headers) all.Add(Describe(header, "header"));
        if (operation.Tagged) all.Add(Describe(new("If-None-Match", "The ETag of an earlier reply: 304 if nothing changed."), "header"));
        return all;
    }

    private static JsonObject Describe(Parameter parameter, string place)
    {
        var type = new JsonObject { ["type"] = parameter.Type };
        return new JsonObject
        {
            ["name"] = parameter.Name,
            ["in"] = place,
            ["required"] = parameter.Required,
            ["description"] = parameter.Meaning,
            ["schema"] = parameter.Many ? new JsonObject { ["type"] = "array", ["items"] = type } : type,
        };
    }

    private static JsonObject ResponsesOf(Operation operation, Schemas schemas)
    {
        var content = operation.Result() is { Count: > 0 } results ? Content("application/json", schemas.Of(results)) : [];
        if (operation.EventStream) content[EventStreaming.ContentType] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } };
        if (operation.GivesContent) content["*/*"] = new JsonObject { ["schema"] = Binary() };
        var responses = new JsonObject { [$"{operation.Status}"] = Response("Done.", content) };
        if (operation.Tagged) responses["304"] = Response("Nothing changed.", []);
        foreach (var (status, meaning) in operation.Also) responses[$"{status}"] = Response(meaning, status == 200 ? (JsonObject)content.DeepClone() : []);
        foreach (var group in operation.Errors.Concat(Anywhere).Distinct().GroupBy(ErrorStatus.Of).OrderBy(g => g.Key))
            responses[$"{group.Key}"] = new JsonObject
            {
                ["description"] = string.Join(
                ", ", group),
                ["content"] = Content(Problems.ContentType, new JsonObject { ["$ref"] = "#/components/schemas/Problem" })
            };
        return responses;
    }

    private static JsonObject Response(string meaning, JsonObject content)
    {
        var response = new JsonObject
        {
            ["description"] = meaning,
            ["headers"] = new JsonObject
            {
                [ApiHeaders.Position] = new JsonObject
                {
                    ["description"] = "The position of the reply's state.",
                    ["schema"] = new JsonObject { ["type"] = "string" },
                },
            },
        };
        if (content.Count > 0) response["content"] = content;
        return response;
    }

    private static JsonObject Binary() => new() { ["type"] = "string", ["format"] = "binary" };

    private static JsonObject Content(string type, JsonNode schema) => new() { [type] = new JsonObject { ["schema"] = schema } };

    private static JsonObject ProblemSchema() => new()
    {
        ["type"] = "object",
        ["description"] = "RFC 9457, with a stable code.",
        ["required"] = new JsonArray("title", "status", "detail", "code"),
        ["properties"] = new JsonObject
        {
            ["type"] = new JsonObject { ["type"] = "string" },
            ["title"] = new JsonObject { ["type"] = "string" },
            ["status"] = new JsonObject { ["type"] = "integer" },
            ["detail"] = new JsonObject { ["type"] = "string" },
            ["code"] = new JsonObject { ["type"] = "string" },
            ["retry_after_ms"] = new JsonObject { ["type"] = "integer" },
        },
    };
}
