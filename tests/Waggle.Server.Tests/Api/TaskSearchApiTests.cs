using Waggle.Storage.Sqlite.Search;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

/// <summary>Tasks by words, type and error, over the real index.</summary>
public sealed class TaskSearchApiTests
{
    private const string Tasks = "/api/v1/tasks";

    [Fact]
    public async Task A_task_is_found_by_words_of_title_type_error_and_metadata_with_other_filters()
    {
        await using var hub = await RestHub.StartAsync();
        var login = await hub.CreateAsync("Fix the login page", ",\"type\":\"build-web\",\"metadata\":{\"customer\":\"Acme\"}");
        var logout = await hub.CreateAsync("Fix the logout page", ",\"type\":\"docs\"");

        await FindsAsync(hub, "text=LOGIN", login);
        await FindsAsync(hub, "text=fix+page", logout, login);
        await FindsAsync(hub, "text=fix+page&sort=created_at", login, logout);
        await FindsAsync(hub, "text=log*", logout, login);
        await FindsAsync(hub, "text=acme", login);
        await FindsAsync(hub, "text=web", login);
        await FindsAsync(hub, "text=page&type=docs", logout);
        await FindsAsync(hub, "type=build-web&state=pending", login);
        await FindsAsync(hub, "text=page&state=running");
        await FindsAsync(hub, "text=page&swarm=none");
        await FindsAsync(hub, "text=nowhere");

        await FailAsync(hub, login, "The disk /dev/sda1 of 'web-7' is full");
        await FindsAsync(hub, "text=disk", login);
        await FindsAsync(hub, "text=disk&state=failed&type=build-web", login);
        await FindsAsync(hub, "text=page&state=pending", logout);
        (await hub.GetAsync($"{Tasks}?text=%2B%2B")).IsProblem(400, "INVALID_REQUEST");
        (await hub.GetAsync($"{Tasks}?error=nofingerprint")).IsProblem(400, "INVALID_REQUEST");
    }

    [Fact]
    public async Task Pages_follow_each_other_without_a_gap()
    {
        await using var hub = await RestHub.StartAsync();
        var created = new List<string>();
        foreach (var i in Enumerable.Range(0, 25)) created.Add(await hub.CreateAsync(i % 2 == 0 ? $"even {i}" : $"odd {i}"));
        var found = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await hub.GetAsync($"{Tasks}?text=even&limit=4{(cursor is null ? "" : $"&cursor={cursor}")}")).Is(200);
            found.AddRange(page.Body["tasks"]!.AsArray().Select(t => (string)t!["id"]!));
            cursor = (string?)page.Body["cursor"];
        }
        while (cursor is not null);

        Assert.Equal(created.Where((_, i) => i % 2 == 0).Reverse(), found);
    }

    [Fact]
    public async Task Errors_are_grouped_without_their_particulars_and_a_group_is_retried()
    {
        await using var hub = await RestHub.StartAsync();
        foreach (var host in (string[])["web-1", "web-22"]) await FailAsync(hub, await hub.CreateAsync("a", ",\"type\":\"build\""), $"The disk of '{host}' is full after {host.Length} s");
        await FailAsync(hub, await hub.CreateAsync("b"), "No such page");

        await Eventually.Async(async () => (await ErrorsAsync(hub)).Count == 2, "both errors");
        var errors = await ErrorsAsync(hub);
        var fingerprint = (string)errors[0]!["fingerprint"]!;
        Assert.Equal((2, "BROKEN"), ((int)errors[0]!["count"]!, (string)errors[0]!["code"]!));
        Assert.Matches("^The disk of 'web-(1' is full after 5|22' is full after 6) s$", (string)errors[0]!["message"]!);
        Assert.Equal("build", (string)Assert.Single(errors[0]!["types"]!.AsArray())!);
        Assert.Single((await hub.GetAsync($"{Tasks}/errors?text=page")).Is(200).Body["errors"]!.AsArray());
        Assert.Equal(2, (await hub.GetAsync($"{Tasks}?error={fingerprint}")).Is(200).Body["tasks"]!.AsArray().Count);

        var bulk = (await hub.PostAsync("/api/v1/bulks", $$$"""{"action":"retry","filter":{"error":"{{{fingerprint}}}"}}""")).Is(200).Text("id");
        await Eventually.Async(async () => (await hub.GetAsync($"/api/v1/bulks/{bulk}")).Text("state") == "done", "the end of the bulk");
        Assert.Equal(2, (int)(await hub.GetAsync($"/api/v1/bulks/{bulk}")).Body["changed"]!);
    }

    [Fact]
    public async Task A_query_without_words_or_with_too_many_is_refused()
    {
        await using var hub = await RestHub.StartAsync();
        Assert.Contains("has no word", (await hub.GetAsync($"{Tasks}?text=--")).IsProblem(400, "INVALID_REQUEST").Body.ToJsonString(), StringComparison.Ordinal);
        var seventeen = string.Join('+', Enumerable.Range(0, 17).Select(i => $"w{i}"));
        Assert.Contains("at most 16 words; it had 17", (await hub.GetAsync($"{Tasks}?text={seventeen}")).Body.ToJsonString(), StringComparison.Ordinal);
        (await hub.PostAsync("/api/v1/bulks", $$$"""{"action":"cancel","filter":{"text":"{{{seventeen.Replace('+', ' ')}}}"}}""")).IsProblem(400, "INVALID_REQUEST");
    }

    [Fact]
    public async Task The_index_goes_on_after_a_restart_and_is_filled_again_if_it_is_lost()
    {
        await using var hub = await RestHub.StartAsync();
        var first = await hub.CreateAsync("winter");
        await FindsAsync(hub, "text=winter", first);
        await hub.RestartAsync();
        var second = await hub.CreateAsync("winter");
        await FindsAsync(hub, "text=winter", second, first);
        await hub.RestartAsync(() =>
        {
            foreach (var file in Directory.GetFiles(hub.Folder, SqliteTaskIndex.FileName + "*")) File.Delete(file);
        });
        await FindsAsync(hub, "text=winter", second, first);
    }

    private static async Task FindsAsync(RestHub hub, string query, params string[] expected)
    {
        string[] found = [];
        await Eventually.Async(
            async () =>
            {
                var answer = await hub.GetAsync($"{Tasks}?{query}");
                found = (int)answer.Status == 200 ? [.. answer.Body["tasks"]!.AsArray().Select(t => (string)t!["id"]!)] : [answer.Body.ToJsonString()];
                return found.SequenceEqual(expected);
            },
            $"{query} finds {string.Join(", ", expected)}",
            TimeSpan.FromSeconds(30));
    }

    private static async Task<System.Text.Json.Nodes.JsonArray> ErrorsAsync(RestHub hub) => (await hub.GetAsync($"{Tasks}/errors")).Is(200).Body["errors"]!.AsArray();

    // The agent takes whatever is due, so each test has one task open at a time that it can take.
    private static async Task FailAsync(RestHub hub, string task, string message)
    {
        while (true)
        {
            var (leased, proof) = await hub.LeaseAsync("a1");
            var error = $$$"""{{{{proof}}},"error":{"code":"BROKEN","message":"{{{message}}}"},"retryable":false}""";
            if (leased == task)
            {
                (await hub.PostAsync($"/api/v1/leases/{leased}/fail", error)).Is(200);
                return;
            }

            (await hub.PostAsync($"/api/v1/leases/{leased}/release", $"{{{proof}}}")).Is(200);
        }
    }
}
