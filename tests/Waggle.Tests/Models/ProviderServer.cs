using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Waggle.Tests.Models;

/// <summary>
/// A server with the streaming wires of three providers: OpenAI's chat completions, Anthropic's messages and Ollama's chat. It has no model: the test says what
/// each request is answered with. Each answer used 1,000 tokens of input and 50 of output.
/// </summary>
internal sealed class ProviderServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ProviderServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>The bodies of all requests.</summary>
    public ConcurrentQueue<JsonElement> Requests { get; } = [];

    /// <summary>The credentials of all requests.</summary>
    public ConcurrentQueue<string> Keys { get; } = [];

    /// <summary>Completed when a client ended a request before its answer.</summary>
    public TaskCompletionSource Gone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Decides the answer to a request. The second argument is the number of the request, from 0.</summary>
    public Func<JsonElement, int, ProviderAnswer> Answer { get; set; } = (_, _) => ProviderAnswer.Say("All done.");

    public static async Task<ProviderServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new ProviderServer(builder.Build());
        server._app.MapPost("/v1/chat/completions", context => server.ServeAsync(context, Wires.OpenAi));
        server._app.MapPost("/v1/messages", context => server.ServeAsync(context, Wires.Anthropic));
        server._app.MapPost("/api/chat", context => server.ServeAsync(context, Wires.Ollama));
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Returns the option that names a model of this server.</summary>
    public string Model(string provider) => $"{provider}:test-model@{Url}{(provider == "openai" ? "/v1" : "")}";

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ServeAsync(HttpContext context, Func<ProviderAnswer, string, int, IReadOnlyList<string>> wire)
    {
        using var document = await JsonDocument.ParseAsync(context.Request.Body);
        var request = document.RootElement.Clone();
        var number = Requests.Count;
        Keys.Enqueue($"{context.Request.Headers.Authorization}{context.Request.Headers["x-api-key"]}");
        Requests.Enqueue(request);
        var answer = Answer(request, number);
        if (answer.Status != 200)
        {
            context.Response.StatusCode = answer.Status;
            if (answer.RetryAfter is { } after) context.Response.Headers.RetryAfter = after;
            await context.Response.WriteAsJsonAsync(new JsonObject { ["type"] = "error", ["error"] = new JsonObject { ["type"] = "refused", ["message"] = answer.Text } });
            return;
        }

        var isOllama = context.Request.Path == "/api/chat";
        context.Response.ContentType = isOllama ? "application/x-ndjson" : "text/event-stream";
        var pieces = wire(answer, request.GetProperty("model").GetString()!, number);
        foreach (var piece in answer.Hangs ? pieces.Take(pieces.Count / 2) : pieces)
        {
            await context.Response.WriteAsync(isOllama ? piece + "\n" : piece + "\n\n");
            await context.Response.Body.FlushAsync();
        }

        if (!answer.Hangs) return;
        await using var _ = context.RequestAborted.Register(() => Gone.TrySetResult());
        await Gone.Task;
    }
}
