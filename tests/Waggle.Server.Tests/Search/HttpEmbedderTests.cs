using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Waggle.Server.Search;
using Waggle.Server.Tests.Api;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Search;

/// <summary>The embedder over HTTP against a real server that answers as the API of OpenAI does.</summary>
public sealed class HttpEmbedderTests : IAsyncLifetime
{
    private WebApplication _service = null!;
    private JsonObject? _asked;
    private string? _authorization;
    private Func<int, IResult> _answer = _ => Results.NotFound();

    private Uri Url => new($"{_service.Urls.Single()}/v1/");

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _service = builder.Build();
        _service.Urls.Add("http://127.0.0.1:0");
        _service.MapPost("/v1/embeddings", async (HttpContext http) =>
        {
            _asked = (await JsonNode.ParseAsync(http.Request.Body))!.AsObject();
            _authorization = http.Request.Headers.Authorization;
            return _answer(_asked["input"]!.AsArray().Count);
        });
        await _service.StartAsync();
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Texts_are_sent_with_the_model_and_the_key_and_vectors_come_in_the_order_of_the_texts()
    {
        _answer = _ => Results.Text("""{"object":"list","data":[{"index":1,"embedding":[0,1]},{"index":0,"embedding":[1,0]}],"model":"m","usage":{}}""", "application/json");
        using var embedder = new HttpEmbedder("m", Url, "secret");
        var vectors = await embedder.GenerateAsync(["first", ""], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(("m", "Bearer secret"), ((string?)_asked!["model"], _authorization));
        Assert.Equal(["first", " "], _asked["input"]!.AsArray().Select(t => (string)t!));
        Assert.Equal([1f, 0f, 0f, 1f], vectors.SelectMany(v => v.Vector.ToArray()));
    }

    [Theory]
    [InlineData(401, """{"error":{"message":"no such key"}}""", "The service answered 401: {\"error\":{\"message\":\"no such key\"}}")]
    [InlineData(200, """{"data":[]}""", "The service returned 0 vectors for 1 texts.")]
    public async Task What_the_service_answers_instead_of_vectors_is_the_reason(int status, string body, string reason)
    {
        _answer = _ => Results.Text(body, "application/json", statusCode: status);
        using var embedder = new HttpEmbedder("m", Url);
        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => embedder.GenerateAsync(["x"], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(reason, fault.Message);
    }

    [Fact]
    public async Task A_hub_finds_entries_by_the_vectors_of_the_service_and_by_words_while_it_is_away()
    {
        _answer = count => Results.Json(new { data = Enumerable.Range(0, count).Select(i => new { index = i, embedding = new[] { 1f, 0f, 0f } }) });
        await using var hub = await RestHub.StartAsync(o => o with { Embedder = HttpEmbedder.Of("openai:m", "m", Url) });
        (await hub.SendAsync(HttpMethod.Put, "/api/v1/memory/notes/a", """{"value":"winter"}""")).Is(201);
        await Eventually.Async(
            async () => (await hub.PostAsync("/api/v1/memory/search", """{"query":"snow"}""")).Is(200).Body["results"]!.AsArray().Count == 1, "the entry has its vector");
        var found = (await hub.PostAsync("/api/v1/memory/search", """{"query":"snow"}""")).Is(200).Body;

        Assert.Equal(("openai:m", true, "cosine", 1.0), ((string?)found["embedder"], (bool)found["semantic"]!, (string?)found["score_kind"], (double)found["results"]![0]!["score"]!));
        _answer = _ => Results.Text("down at 10.0.0.5", statusCode: 503);
        var reduced = (await hub.PostAsync("/api/v1/memory/search", """{"query":"winter"}""")).Is(200).Body;
        Assert.Equal(("lexical", "The embedder 'openai:m' failed: its service answered with status 503. The hub's log has the details."), ((string?)reduced["mode"], (string?)reduced["reduced"]));
        (await hub.PostAsync("/api/v1/memory/search", """{"query":"winter","mode":"vector"}""")).IsProblem(503, "EMBEDDER_FAILED");
    }
}
