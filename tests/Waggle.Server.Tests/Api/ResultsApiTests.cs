using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Waggle.Core.Kernel;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

public sealed class ResultsApiTests
{
    private const int MiB = 1024 * 1024;

    [Fact]
    public async Task A_long_result_is_shown_whole_referred_to_in_its_record_and_survives_a_restart()
    {
        await using var hub = await RestHub.StartAsync();
        using var events = await EventReader.OpenAsync(hub, "?pattern=task.*.completed");
        await events.NextAsync("position");
        var text = new string('x', 100_000);
        var task = await CompleteAsync(hub, $"\"result\":\"{text}\"");
        var record = (await events.NextAsync("record")).Data["data"]!;
        Assert.Null(record["result"]);
        Assert.Equal(100_002, (int)record["result_ref"]!["bytes"]!);
        Assert.Equal("application/json", (string)record["result_ref"]!["content_type"]!);
        await hub.RestartAsync();
        var shown = (await hub.GetAsync($"/api/v1/tasks/{task}")).Is(200);
        Assert.Equal(text, (string)shown.Body["result"]!);
        Assert.Equal(Hash(Encoding.UTF8.GetBytes($"\"{text}\"")), (string)shown.Body["result_ref"]!["sha256"]!);
        var listed = (await hub.GetAsync("/api/v1/tasks")).Is(200).Body["tasks"]![0]!;
        Assert.Null(listed["result"]);
        Assert.NotNull(listed["result_ref"]);
    }

    [Fact]
    public async Task A_briefresult_stays_where_it_was()
    {
        await using var hub = await RestHub.StartAsync();
        var task = await CompleteAsync(hub, $"\"result\":\"{new string('x', (32 * 1024) - 2)}\"");
        Assert.Null((await hub.GetAsync($"/api/v1/tasks/{task}")).Is(200).Body["result_ref"]);
        Assert.Empty(Blobs(hub));
        using var whole = await hub.Http.GetAsync($"/api/v1/tasks/{task}/result");
        Assert.Equal((HttpStatusCode.OK, 32 * 1024), (whole.StatusCode, (await whole.Content.ReadAsByteArrayAsync()).Length));
    }

    [Fact]
    public async Task Parts_are_given_and_what_is_known_is_not_sent_again()
    {
        await using var hub = await RestHub.StartAsync();
        var task = await CompleteAsync(hub, $"\"result\":\"{new string('x', 100_000)}\"");
        using var first = await GetAsync(hub, task);
        Assert.Equal("nosniff", first.Headers.GetValues("X-Content-Type-Options").Single());
        var tag = first.Headers.ETag!;
        using var again = await GetAsync(hub, task, r => r.Headers.IfNoneMatch.Add(tag));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        using var part = await GetAsync(hub, task, r => r.Headers.Range = new RangeHeaderValue(0, 2));
        Assert.Equal((HttpStatusCode.PartialContent, "\"xx"), (part.StatusCode, await part.Content.ReadAsStringAsync()));
        using var beyond = await GetAsync(hub, task, r => r.Headers.Range = new RangeHeaderValue(1_000_000, null));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);

        // RFC 9110 14.2: a range of an unknown unit, or of HEAD, is ignored.
        using var lines = await GetAsync(hub, task, r => r.Headers.TryAddWithoutValidation("Range", "lines=0-2"));
        Assert.Equal((HttpStatusCode.OK, 100_002), (lines.StatusCode, (await lines.Content.ReadAsByteArrayAsync()).Length));
        using var head = new HttpRequestMessage(HttpMethod.Head, $"/api/v1/tasks/{task}/result");
        head.Headers.Range = new RangeHeaderValue(0, 2);
        using var whole = await hub.Http.SendAsync(head);
        Assert.Equal((HttpStatusCode.OK, 100_002), (whole.StatusCode, whole.Content.Headers.ContentLength));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_result_over_the_limit_is_refused_with_the_limit_named_and_nothing_is_left(bool chunked)
    {
        await using var hub = await RestHub.StartAsync(o => o with { Hive = new HiveOptions { MaxBlobBytes = 2 * MiB } });
        await hub.CreateAsync("a");
        var (task, proof) = await hub.LeaseAsync("a1");
        (await Upload.SendAsync(hub, task, proof, new Generated(2 * MiB))).Is(201);
        var refused = (await Upload.SendAsync(hub, task, proof, new Generated((2 * MiB) + 1), chunked: chunked)).IsProblem(413, "TOO_LARGE");
        Assert.Contains("2097152", refused.Text("detail"), StringComparison.Ordinal);
        Assert.Single(Blobs(hub));
        Assert.Equal("running", (await hub.PostAsync($"/api/v1/leases/{task}/start", $"{{{proof}}}")).Is(200).Text("state"));
    }

    [Fact]
    public async Task Only_who_holds_the_lease_uploads()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.CreateAsync("a");
        var (task, proof) = await hub.LeaseAsync("a1");
        (await Upload.SendAsync(hub, task, proof.Replace("the secret of a1", "the secret of a2", StringComparison.Ordinal), new Generated(10))).IsProblem(409, "AGENT_IN_USE");
        (await Upload.SendAsync(hub, task, proof.Replace("\"attempt\":1", "\"attempt\":2", StringComparison.Ordinal), new Generated(10))).IsProblem(409, "STALE_LEASE");
        (await Upload.SendAsync(hub, "none", proof, new Generated(10))).IsProblem(404, "NOT_FOUND");
        var missing = (await hub.SendAsync(HttpMethod.Put, $"/api/v1/leases/{task}/result", "x")).IsProblem(400, "INVALID_REQUEST");
        Assert.Contains("Waggle-Agent", missing.Text("detail"), StringComparison.Ordinal);
        Assert.Empty(Blobs(hub));
    }

    [Fact]
    public async Task A_reference_that_is_not_the_uploads_answer_is_refused_and_the_lease_stands()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.CreateAsync("a");
        var (task, proof) = await hub.LeaseAsync("a1");
        var named = (await Upload.SendAsync(hub, task, proof, new Generated(10))).Is(201).Body.ToJsonString();
        var other = await hub.CreateAsync("b");
        await Refused(named.Replace(task, other, StringComparison.Ordinal), 400, "INVALID_REQUEST");
        await Refused(named.Replace(task, "../waggle.db", StringComparison.Ordinal), 400, "INVALID_REQUEST");
        await Refused(named.Replace("\"bytes\":10", "\"bytes\":11", StringComparison.Ordinal), 400, "INVALID_REQUEST");
        await Refused(named.Replace("octet-stream", "x\\r\\ny", StringComparison.Ordinal), 400, "INVALID_REQUEST");
        await Refused(named + ",\"result\":1", 400, "INVALID_REQUEST");
        await Refused("{\"blob\":\"x\"}", 400, "INVALID_REQUEST");
        File.Delete(Blobs(hub).Single());
        await Refused(named, 410, "BLOB_MISSING");
        named = (await Upload.SendAsync(hub, task, proof, new Generated(10))).Is(201).Body.ToJsonString();
        (await hub.PostAsync($"/api/v1/leases/{task}/complete", $"{{{proof},\"result_ref\":{named}}}")).Is(200);

        async Task Refused(string reference, int status, string code) =>
            (await hub.PostAsync($"/api/v1/leases/{task}/complete", $"{{{proof},\"result_ref\":{reference}}}")).IsProblem(status, code);
    }

    [Fact]
    public async Task What_says_that_it_is_JSON_and_is_not_is_never_put_into_an_answer()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.CreateAsync("a");
        var (task, proof) = await hub.LeaseAsync("a1");
        var named = (await Upload.SendAsync(hub, task, proof, new MemoryStream("{\"a\":\xff"u8.ToArray()), "application/json")).Is(201).Body.ToJsonString();
        (await hub.PostAsync($"/api/v1/leases/{task}/complete", $"{{{proof},\"result_ref\":{named}}}")).Is(200);
        Assert.Null((await hub.GetAsync($"/api/v1/tasks/{task}")).Is(200).Body["result"]);
    }

    [Fact]
    public async Task A_hub_whose_results_were_lost_starts_and_says_which_are_missing()
    {
        await using var hub = await RestHub.StartAsync();
        var task = await CompleteAsync(hub, $"\"result\":\"{new string('x', 100_000)}\"");
        Directory.Delete(Path.Combine(hub.Folder, "blobs"), recursive: true);
        await hub.RestartAsync();
        var shown = (await hub.GetAsync($"/api/v1/tasks/{task}")).Is(200);
        Assert.True((bool)shown.Body["result_missing"]!);
        Assert.Contains(task, (await hub.GetAsync($"/api/v1/tasks/{task}/result")).IsProblem(410, "BLOB_MISSING").Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_that_no_task_refers_to_are_deleted_and_no_others()
    {
        var time = new FakeTime();
        var brief = new HiveOptions { BlobRetention = TimeSpan.FromSeconds(2), BlobSweepInterval = TimeSpan.FromMilliseconds(50) };
        await using var hub = await RestHub.StartAsync(o => o with { Hive = brief, Time = time });
        var kept = await CompleteAsync(hub, $"\"result\":\"{new string('x', 100_000)}\"");
        await hub.CreateAsync("a");
        var (task, proof) = await hub.LeaseAsync("a1");
        (await Upload.SendAsync(hub, task, proof, new Generated(10))).Is(201);
        Assert.Equal(2, Blobs(hub).Length);
        await time.AdvanceUntilAsync(() => Blobs(hub).Length == 1, TimeSpan.FromMilliseconds(50), "the upload that nobody named to go");
        Assert.Contains(kept, Blobs(hub).Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_goes_with_its_task()
    {
        var time = new FakeTime();
        var brief = new HiveOptions
        {
            BlobRetention = TimeSpan.FromSeconds(2),
            BlobSweepInterval = TimeSpan.FromMilliseconds(50),
            TaskRetention = TimeSpan.FromMilliseconds(300),
            RetentionInterval = TimeSpan.FromMilliseconds(50),
        };
        await using var hub = await RestHub.StartAsync(o => o with { Hive = brief, Time = time });
        await CompleteAsync(hub, $"\"result\":\"{new string('x', 100_000)}\"");
        Assert.Single(Blobs(hub));
        await time.AdvanceUntilAsync(() => Blobs(hub).Length == 0, TimeSpan.FromMilliseconds(50), "the result of the forgotten task to go");
    }

    [Fact]
    public async Task A_task_without_a_result_says_what_it_is()
    {
        await using var hub = await RestHub.StartAsync();
        var task = await hub.CreateAsync("a");
        Assert.Contains("pending", (await hub.GetAsync($"/api/v1/tasks/{task}/result")).IsProblem(404, "NOT_FOUND").Text("detail"), StringComparison.Ordinal);
    }

    private static async Task<string> CompleteAsync(RestHub hub, string result)
    {
        await hub.CreateAsync("a");
        var (task, proof) = await hub.LeaseAsync("a1");
        (await hub.PostAsync($"/api/v1/leases/{task}/complete", $"{{{proof},{result}}}")).Is(200);
        return task;
    }

    private static async Task<HttpResponseMessage> GetAsync(RestHub hub, string task, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/tasks/{task}/result");
        change?.Invoke(request);
        return await hub.Http.SendAsync(request);
    }

    private static string[] Blobs(RestHub hub) => Directory.GetFiles(Path.Combine(hub.Folder, "blobs"));

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
