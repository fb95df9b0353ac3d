using System.Text.Json.Nodes;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Server.Tests.Auth;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

/// <summary>Search of memory over REST and the SDK, with a real hub.</summary>
public sealed class SearchApiTests
{
    private const string Search = "/api/v1/memory/search";

    [Fact]
    public async Task An_entry_is_found_over_REST_and_after_a_restart()
    {
        await using var hub = await RestHub.StartAsync();
        (await hub.SendAsync(HttpMethod.Put, "/api/v1/memory/notes/deploy", """{"value":{"when":"Deployments run on Fridays."},"metadata":{"source":"ann"}}""")).Is(201);
        var hit = (await FindAsync(hub, """{"query":"deployments on fridays","namespace":"notes"}"""))["results"]![0]!;

        Assert.Equal(("deploy", "when Deployments run on Fridays.", "ann"), ((string?)hit["key"], (string?)hit["excerpt"], (string?)hit["metadata"]!["source"]));
        Assert.InRange((double)hit["score"]!, 0.5, 1);
        await hub.RestartAsync();
        Assert.Equal("deploy", (string?)(await FindAsync(hub, """{"query":"fridays","mode":"lexical"}"""))["results"]![0]!["key"]);
        var metrics = await hub.Http.GetStringAsync("/metrics");
        Assert.Contains("waggle_search_entries 1", metrics, StringComparison.Ordinal);
        Assert.Contains("waggle_search_query_duration_seconds_count{mode=\"lexical\"}", metrics, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "INVALID_REQUEST")]
    [InlineData("""{"query":5}""", "INVALID_REQUEST")]
    [InlineData("""{"query":"x","mode":"fuzzy"}""", "INVALID_REQUEST")]
    [InlineData("""{"query":"x","limit":0}""", "INVALID_REQUEST")]
    [InlineData("""{"query":"x","threshold":2}""", "INVALID_REQUEST")]
    [InlineData("""{"vector":[1,2,3]}""", "INVALID_REQUEST")]
    [InlineData("""{"query":"x","text":"y"}""", "INVALID_REQUEST")]
    public async Task A_search_that_is_not_good_is_refused(string body, string code)
    {
        await using var hub = await RestHub.StartAsync();
        (await hub.PostAsync(Search, body)).IsProblem(400, code);
    }

    [Fact]
    public async Task The_SDK_searches_as_far_as_its_token_reaches()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var admin = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url, Token = hub.Admin });
        await admin.Memory.PutAsync("notes", "a", RawJson.Parse("\"winter plan\""));
        await admin.Memory.PutAsync("plans", "b", RawJson.Parse("\"winter plan\""));
        await Eventually.Async(async () => (await admin.Memory.SearchAsync("winter")).Results.Count == 2, "both entries are found");
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url, Token = hub.MemoryToken("ann", "notes") });
        var found = await client.Memory.SearchAsync("winter", new MemorySearchOptions { Limit = 5, Mode = MemorySearchMode.Lexical });
        var refused = await Assert.ThrowsAsync<WaggleException>(() => client.Memory.SearchAsync("winter", new MemorySearchOptions { Namespace = "plans" }));

        Assert.Equal(["a"], found.Results.Select(h => h.Key));
        Assert.Equal("FORBIDDEN", refused.Code);
    }

    private static async Task<JsonObject> FindAsync(RestHub hub, string body)
    {
        JsonObject? found = null;
        await Eventually.Async(
            async () =>
            {
                found = (await hub.PostAsync(Search, body)).Is(200).Body;
                return found["results"]!.AsArray().Count > 0 && (int)found["index"]!["pending_vectors"]! == 0;
            },
            "the entry is found");
        return found!;
    }
}
