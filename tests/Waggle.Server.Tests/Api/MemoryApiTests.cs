using System.Text;
using Waggle.Core.Kernel;
using Waggle.Core.Memory;
using Waggle.Protocol.Json;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

public sealed class MemoryApiTests
{
    private const string Plan = "/api/v1/memory/notes/plan";

    [Fact]
    public async Task What_is_put_is_there_after_a_restart_and_gone_after_a_deletion()
    {
        await using var hub = await RestHub.StartAsync();
        var put = (await PutAsync(hub, Plan, """{"value":{"step":1},"metadata":{"source":"curl"}}""")).Is(201);
        await hub.RestartAsync();
        var read = (await hub.GetAsync(Plan)).Is(200);

        Assert.Equal("""{"step":1}""", read.Body["value"]!.ToJsonString());
        Assert.Equal(((long)put.Body["version"]!, "curl"), ((long)read.Body["version"]!, (string)read.Body["metadata"]!["source"]!));
        Assert.False(read.Body.ContainsKey("created"));
        (await PutAsync(hub, Plan, """{"value":null}""")).Is(200);
        Assert.True((await hub.GetAsync(Plan)).Is(200).Body.ContainsKey("value"));
        (await hub.SendAsync(HttpMethod.Delete, Plan, null)).Is(200);
        (await hub.GetAsync(Plan)).IsProblem(404, "NOT_FOUND");
        (await hub.SendAsync(HttpMethod.Delete, Plan, null)).IsProblem(404, "NOT_FOUND");
    }

    [Fact]
    public async Task A_version_that_is_not_there_is_a_conflict()
    {
        await using var hub = await RestHub.StartAsync();
        var version = (long)(await PutAsync(hub, Plan, """{"value":1,"if_version":0}""")).Is(201).Body["version"]!;
        (await PutAsync(hub, Plan, """{"value":2,"if_version":0}""")).IsProblem(409, "VERSION_CONFLICT");
        (await hub.SendAsync(HttpMethod.Delete, $"{Plan}?if_version=1000000", null)).IsProblem(409, "VERSION_CONFLICT");
        (await PutAsync(hub, Plan, $$"""{"value":2,"if_version":{{version}}}""")).Is(200);
    }

    [Fact]
    public async Task A_put_with_an_idempotency_key_is_made_once_also_a_long_one_and_over_a_restart()
    {
        await using var hub = await RestHub.StartAsync(o => o with { Hive = o.Hive with { MemoryNamespaceQuota = 50_000 } });
        var body = $$"""{"value":"{{new string('m', 40_000)}}","if_version":0}""";
        var first = (await hub.SendAsync(HttpMethod.Put, Plan, body, ("Idempotency-Key", "k"))).Is(201);
        await hub.RestartAsync();
        var again = (await hub.SendAsync(HttpMethod.Put, Plan, body, ("Idempotency-Key", "k"))).Is(200);

        Assert.Equal((long)first.Body["version"]!, (long)again.Body["version"]!);
        Assert.True((bool)again.Body["duplicate"]!);
        (await hub.SendAsync(HttpMethod.Put, Plan, """{"value":2}""", ("Idempotency-Key", "k"))).IsProblem(409, "IDEMPOTENCY_CONFLICT");
        Assert.Single(Directory.GetFiles(Path.Combine(hub.Folder, "blobs")));
    }

    [Fact]
    public async Task Namespaces_of_swarms_are_apart_from_the_shared_ones()
    {
        await using var hub = await RestHub.StartAsync();
        (await PutAsync(hub, Plan, """{"value":"shared"}""")).Is(201);
        (await PutAsync(hub, Plan + "?swarm=default", """{"value":"of the swarm"}""")).Is(201);
        (await PutAsync(hub, Plan + "?swarm=nowhere", """{"value":1}""")).IsProblem(404, "NOT_FOUND");

        Assert.Equal("shared", (await hub.GetAsync(Plan)).Is(200).Text("value"));
        Assert.Equal("of the swarm", (await hub.GetAsync(Plan + "?swarm=default")).Is(200).Text("value"));
        var listed = (await hub.GetAsync("/api/v1/memory")).Is(200).Body["namespaces"]!.AsArray();
        Assert.Equal([(null, 8L), ("default", 14L)], listed.Select(n => ((string?)n!["swarm"], (long)n["bytes"]!)));
    }

    [Fact]
    public async Task A_list_is_read_by_prefix_and_page_by_page()
    {
        await using var hub = await RestHub.StartAsync();
        foreach (var key in (string[])["a:1", "b:1", "b:2", "b:3"]) (await PutAsync(hub, $"/api/v1/memory/notes/{key}", """{"value":1}""")).Is(201);
        var first = (await hub.GetAsync("/api/v1/memory/notes?prefix=b:&limit=2")).Is(200);
        var rest = (await hub.GetAsync($"/api/v1/memory/notes?prefix=b:&limit=2&cursor={Uri.EscapeDataString(first.Text("cursor"))}")).Is(200);

        Assert.Equal(["b:1", "b:2", "b:3"], first.Body["entries"]!.AsArray().Concat(rest.Body["entries"]!.AsArray()).Select(e => (string)e!["key"]!));
        Assert.False(rest.Body.ContainsKey("cursor"));
        Assert.False(((System.Text.Json.Nodes.JsonObject)first.Body["entries"]![0]!).ContainsKey("value"));
    }

    [Fact]
    public async Task A_long_value_is_a_file_beside_the_database_and_is_read_whole()
    {
        await using var hub = await RestHub.StartAsync();
        var text = new string('m', 900_000);
        (await PutAsync(hub, Plan, $$"""{"value":"{{text}}"}""")).Is(201);
        await hub.RestartAsync();

        Assert.Equal(text, (await hub.GetAsync(Plan)).Is(200).Text("value"));
        var file = Assert.Single(Directory.GetFiles(Path.Combine(hub.Folder, "blobs")));
        Assert.Equal(900_002, new FileInfo(file).Length);
        File.Delete(file);
        (await hub.GetAsync(Plan)).IsProblem(410, "BLOB_MISSING");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_damaged_file_of_a_value_is_refused_and_never_sent(bool isCut)
    {
        await using var hub = await RestHub.StartAsync();
        (await PutAsync(hub, Plan, $$"""{"value":"{{new string('m', 40_000)}}"}""")).Is(201);
        var file = Assert.Single(Directory.GetFiles(Path.Combine(hub.Folder, "blobs")));
        await using (var content = File.Open(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            if (isCut) content.SetLength(39_000);
            else content.WriteByte((byte)'}');
        }

        (await hub.GetAsync(Plan)).IsProblem(410, "BLOB_MISSING");
        (await PutAsync(hub, Plan, """{"value":1}""")).Is(200);
        (await hub.GetAsync(Plan)).Is(200);
    }

    [Fact]
    public async Task A_put_that_is_refused_leaves_no_file()
    {
        var value = $$"""{"value":"{{new string('m', 40_000)}}"}""";
        await using var hub = await RestHub.StartAsync(o => o with { Hive = o.Hive with { MemoryNamespaceQuota = 50_000 } });
        (await PutAsync(hub, Plan, value)).Is(201);
        (await PutAsync(hub, Plan + "2", value)).IsProblem(507, "QUOTA_EXCEEDED");
        (await PutAsync(hub, Plan, $$"""{"value":"{{new string('n', 40_000)}}","if_version":1}""")).IsProblem(409, "VERSION_CONFLICT");

        Assert.Single(Directory.GetFiles(Path.Combine(hub.Folder, "blobs")));
    }

    [Fact]
    public async Task Blobs_that_no_entry_has_are_swept_and_the_others_stay()
    {
        var long1 = $"\"{new string('1', 40_000)}\"";
        var time = new FakeTime();
        var minute = TimeSpan.FromMinutes(1);
        await using var hub = await RestHub.StartAsync(o => o with { Time = time, Hive = o.Hive with { BlobRetention = minute, BlobSweepInterval = minute } });
        (await PutAsync(hub, Plan, $$"""{"value":{{long1}}}""")).Is(201);
        (await PutAsync(hub, Plan, $$"""{"value":{{long1.Replace('1', '2')}}}""")).Is(200);
        await time.AdvanceUntilAsync(() => Directory.GetFiles(Path.Combine(hub.Folder, "blobs")).Length == 1, TimeSpan.FromSeconds(30), "the sweep");

        Assert.StartsWith("22", (await hub.GetAsync(Plan)).Is(200).Text("value"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_of_a_replaced_value_goes_after_ten_minutes_however_long_uploads_are_kept()
    {
        var time = new FakeTime();
        var uploads = TimeSpan.FromDays(3650);
        var sweepsOverAll = TimeSpan.FromDays(40);
        await using var hub = await RestHub.StartAsync(
            o => o with { Time = time, Hive = o.Hive with { BlobRetention = uploads, BlobSweepInterval = sweepsOverAll } });
        var begin = time.GetUtcNow();
        foreach (var digit in "123") (await PutAsync(hub, Plan, $$"""{"value":"{{new string(digit, 40_000)}}"}""")).Is(digit == '1' ? 201 : 200);
        var files = Directory.GetFiles(Path.Combine(hub.Folder, "blobs"));
        Assert.Equal(3, files.Length);

        await time.AdvanceUntilAsync(() => files.Count(File.Exists) == 1, TimeSpan.FromSeconds(30), "the files of the replaced values to go");

        Assert.InRange(time.GetUtcNow() - begin, HiveOptions.LeastBlobRetention, sweepsOverAll / 2);
        Assert.StartsWith("33", (await hub.GetAsync(Plan)).Is(200).Text("value"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entry_ends_by_itself_and_its_record_says_so()
    {
        await using var hub = await RestHub.StartAsync();
        (await PutAsync(hub, Plan, """{"value":1,"ttl_ms":50}""")).Is(201);
        await Eventually.Async(async () => (await hub.GetAsync("/api/v1/memory")).Is(200).Body["namespaces"]!.AsArray().Count == 0, "the end of the entry");

        (await hub.GetAsync(Plan)).IsProblem(404, "NOT_FOUND");
        Assert.Contains("waggle_memory_expiries_total 1", await hub.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/memory/no.tes/plan", """{"value":1}""", 400, "INVALID_REQUEST")]
    [InlineData("/api/v1/memory/notes/pl%2Fan", """{"value":1}""", 400, "INVALID_REQUEST")]
    [InlineData("/api/v1/memory/notes/pl%01an", """{"value":1}""", 400, "INVALID_REQUEST")]
    [InlineData(Plan, """{"value":1,"ttl_ms":0}""", 400, "INVALID_REQUEST")]
    [InlineData(Plan, """{"value":1,"ttl_ms":-5}""", 400, "INVALID_REQUEST")]
    [InlineData(Plan, """{"value":1,"ttl_ms":315360000001}""", 400, "INVALID_REQUEST")]
    [InlineData(Plan, """{"value":1,"if_version":-1}""", 400, "INVALID_REQUEST")]
    [InlineData(Plan, """{"value":1,"ttl":5}""", 400, "INVALID_REQUEST")]
    [InlineData(Plan, "{}", 400, "INVALID_REQUEST")]
    [InlineData(Plan, """{"value":nope}""", 400, "MALFORMED_MESSAGE")]
    [InlineData(Plan, """{"value":"12345678901"}""", 507, "QUOTA_EXCEEDED")]
    public async Task A_put_that_is_not_good_is_refused(string path, string body, int status, string code)
    {
        await using var hub = await RestHub.StartAsync(o => o with { Hive = o.Hive with { MemoryNamespaceQuota = 12 } });

        (await PutAsync(hub, path, body)).IsProblem(status, code);
        Assert.Empty((await hub.GetAsync("/api/v1/memory")).Is(200).Body["namespaces"]!.AsArray());
    }

    [Fact]
    public async Task An_application_that_hosts_the_hub_puts_and_reads_in_process()
    {
        await using var hub = await RestHub.StartAsync();
        var by = Waggle.Core.Principal.Local("default", "app");
        var put = await hub.Server.Hive.AskAsync(new PutMemory("notes", "plan", RawJson.Parse("[1]"), Ttl: TimeSpan.FromHours(1)) { By = by }, CancellationToken.None);
        var read = await hub.Server.Hive.QueryAsync(new GetMemory("notes", "plan") { By = by }, CancellationToken.None);

        Assert.Equal((put.Value!.Version, "[1]"), (read.Value!.Version, Encoding.UTF8.GetString(read.Value.Value.Utf8.Span)));
    }

    private static Task<Answer> PutAsync(RestHub hub, string path, string body) => hub.SendAsync(HttpMethod.Put, path, body);
}
