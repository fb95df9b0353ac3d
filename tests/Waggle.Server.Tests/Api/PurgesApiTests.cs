using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using Waggle.Storage.Postgres;
using Waggle.TestKit;
using Waggle.TestKit.Postgres;

namespace Waggle.Server.Tests.Api;

public sealed class PurgesApiTests
{
    private const string Purges = "/api/v1/purges";

    // Every text of the tests that must vanish has it, and nothing else does.
    private const string Marker = "zqsecret";

    [Fact]
    public async Task A_purged_task_keeps_its_state_and_its_payload_is_in_no_file_and_in_no_answer()
    {
        await using var hub = await RestHub.StartAsync();
        var kept = await hub.CreateAsync("kept title");
        (await hub.PostAsync($"/api/v1/tasks/{kept}/cancel")).Is(200);
        var task = await FullTaskAsync(hub);
        for (var i = 0; i < 300; i++) await hub.CreateAsync($"other {i}", $$""","input":"{{new string('x', 20 * (i % 50))}}","assign_to":"nobody" """);
        var before = (await hub.GetAsync($"/api/v1/tasks/{task}")).Is(200);
        Assert.NotEmpty(FilesWithMarker(hub));
        Assert.Single((await hub.GetAsync($"/api/v1/tasks?text={Marker}title")).Is(200).Body["tasks"]!.AsArray());

        Assert.Equal(1, (int)(await hub.PostAsync($"{Purges}/count", $$"""{"task":"{{task}}"}""")).Is(200).Body["counts"]!["tasks"]!);
        var started = (await hub.PostAsync(Purges, $$"""{"task":"{{task}}"}""")).Is(200);
        var done = await EndAsync(hub, started.Text("id"));

        Assert.Equal((1, 1, 1), ((int)done["counts"]!["tasks"]!, (int)done["counts"]!["messages"]!, (int)done["blobs"]!));
        Assert.InRange((int)done["records"]!, 5, 100);
        var after = (await hub.GetAsync($"/api/v1/tasks/{task}")).Is(200);
        foreach (var same in new[] { "id", "state", "created_at", "ended_at", "attempt", "created_by" })
            Assert.Equal(before.Body[same]!.ToJsonString(), after.Body[same]!.ToJsonString());
        Assert.Equal(before.Body["usage"]!.ToJsonString(), after.Body["usage"]!.ToJsonString());
        Assert.NotNull(after.Body["purged_at"]);
        Assert.Equal("(purged)", (string)after.Body["spec"]!["title"]!);
        Assert.Empty((await hub.GetAsync($"/api/v1/tasks?text={Marker}title")).Is(200).Body["tasks"]!.AsArray());
        Assert.DoesNotContain(Marker, after.Body.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Marker, (await hub.GetAsync($"/api/v1/tasks/{task}/logs")).Is(200).Body.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Marker, (await hub.GetAsync("/api/v1/questions")).Is(200).Body.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Marker, (await hub.GetAsync("/api/v1/notifications")).Is(200).Body.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("kept title", (string)(await hub.GetAsync($"/api/v1/tasks/{kept}")).Body["spec"]!["title"]!);
        (await hub.PostAsync($"/api/v1/tasks/{task}/retry")).IsProblem(409, "INVALID_STATE");
        Assert.Empty(FilesWithMarker(hub));
        Assert.Contains("purge.start", (await hub.GetAsync("/api/v1/audit")).Is(200).Body.ToJsonString(), StringComparison.Ordinal);

        await hub.RestartAsync();
        Assert.Empty(FilesWithMarker(hub));
        Assert.Equal("done", (await hub.GetAsync($"{Purges}/{started.Text("id")}")).Is(200).Text("state"));
    }

    [Fact]
    public async Task A_subject_loses_what_it_brought_and_keeps_its_open_tasks()
    {
        await using var hub = await RestHub.StartAsync();
        var task = await FullTaskAsync(hub);
        var by = (string)(await hub.GetAsync($"/api/v1/tasks/{task}")).Body["created_by"]!;
        var open = await hub.CreateAsync("open");
        (await hub.SendAsync(HttpMethod.Put, "/api/v1/memory/notes/n1", $$"""{"value":"{{Marker}} value","metadata":{"m":"{{Marker}} metadata"} }""")).Is(201);
        (await hub.SendAsync(HttpMethod.Put, "/api/v1/memory/notes/n2", $$"""{"value":"{{Marker}} {{new string('v', 200_000)}}"}""")).Is(201);
        var room = (await hub.PostAsync("/api/v1/conversations", """{"id":"room"}""")).Text("id");
        (await hub.PostAsync($"/api/v1/conversations/{room}/messages", $$"""{"content":"{{Marker}} said"}""")).Is(201);
        (await hub.PostAsync("/api/v1/notifications", $$"""{"level":"info","message":"{{Marker}} notice"}""")).Is(201);

        var counts = (await hub.PostAsync($"{Purges}/count", $$"""{"subject":"{{by}}"}""")).Is(200).Body["counts"]!;
        Assert.Equal((1, 1, 2, 2), ((int)counts["tasks"]!, (int)counts["open_tasks"]!, (int)counts["memory_entries"]!, (int)counts["messages"]!));
        var done = await EndAsync(hub, (await hub.PostAsync(Purges, $$"""{"subject":"{{by}}"}""")).Is(200).Text("id"));

        Assert.Equal((1, 1, 2, 3), Counts(done["counts"]!));
        Assert.Equal([open], done["open_tasks"]!.AsArray().Select(t => (string)t!));
        (await hub.GetAsync("/api/v1/memory/notes/n1")).IsProblem(404, "NOT_FOUND");
        Assert.Equal("open", (string)(await hub.GetAsync($"/api/v1/tasks/{open}")).Body["spec"]!["title"]!);
        Assert.DoesNotContain(
            Marker, (await hub.GetAsync($"/api/v1/conversations/{room}/messages")).Is(200).Body.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(FilesWithMarker(hub));
    }

    [Fact]
    public async Task A_client_that_resumes_gets_every_record_without_the_payload()
    {
        await using var hub = await RestHub.StartAsync();
        var start = (await hub.GetAsync("/api/v1/tasks")).Position;
        var task = await FullTaskAsync(hub);
        var whole = await ReadAsync(hub, start, "task_completed");
        Assert.Contains(Marker, whole, StringComparison.Ordinal);

        await EndAsync(hub, (await hub.PostAsync(Purges, $$"""{"task":"{{task}}"}""")).Is(200).Text("id"));

        var again = await ReadAsync(hub, start, "purge_ended");
        Assert.DoesNotContain(Marker, again, StringComparison.Ordinal);
        Assert.Contains("\"purged\":true", again, StringComparison.Ordinal);
        await hub.RestartAsync();
        Assert.DoesNotContain(Marker, await ReadAsync(hub, start, "purge_ended"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_purge_continues_after_a_restart()
    {
        await using var hub = await RestHub.StartAsync();
        var tasks = new List<string>();
        for (var i = 0; i < 65; i++) tasks.Add(await hub.CreateAsync($"{Marker} {i}", $$""","input":"{{Marker}}" """));
        var by = (string)(await hub.GetAsync($"/api/v1/tasks/{tasks[0]}")).Body["created_by"]!;
        foreach (var task in tasks) (await hub.PostAsync($"/api/v1/tasks/{task}/cancel")).Is(200);

        var purge = (await hub.PostAsync(Purges, $$"""{"subject":"{{by}}"}""")).Is(200).Text("id");
        Assert.Equal(purge, (await hub.PostAsync(Purges, $$"""{"subject":"{{by}}"}""")).Is(200).Text("id"));
        await hub.RestartAsync();
        var done = await EndAsync(hub, purge);

        Assert.Equal(65, (int)done["counts"]!["tasks"]!);
        Assert.Empty(FilesWithMarker(hub));
    }

    [Fact]
    public async Task On_PostgreSQL_no_row_and_no_file_has_the_payload()
    {
        await using var server = await PostgresServer.StartAsync();
        var store = new PostgresStoreOptions { Connection = server.Connection, Schema = "purged" };
        await using var hub = await RestHub.StartAsync(o => o with { Postgres = store });
        var task = await FullTaskAsync(hub);
        Assert.NotEqual(0, await RowsWithMarkerAsync(store));

        var done = await EndAsync(hub, (await hub.PostAsync(Purges, $$"""{"task":"{{task}}"}""")).Is(200).Text("id"));

        Assert.Equal((1, 1), ((int)done["counts"]!["tasks"]!, (int)done["blobs"]!));
        Assert.Equal(0, await RowsWithMarkerAsync(store));
        Assert.Empty(FilesWithMarker(hub));
    }

    [Fact]
    public async Task A_task_that_has_not_ended_and_wrong_input_are_refused()
    {
        await using var hub = await RestHub.StartAsync();
        var open = await hub.CreateAsync("open");
        var refused = await hub.PostAsync(Purges, $$"""{"task":"{{open}}"}""");
        Assert.Contains("cancel it first", refused.IsProblem(409, "INVALID_STATE").Text("detail"), StringComparison.Ordinal);
        (await hub.PostAsync($"{Purges}/count", $$"""{"task":"{{open}}"}""")).IsProblem(409, "INVALID_STATE");
        (await hub.PostAsync(Purges, """{"task":"t99"}""")).IsProblem(404, "NOT_FOUND");
        (await hub.PostAsync(Purges, """{}""")).IsProblem(400, "INVALID_REQUEST");
        (await hub.PostAsync(Purges, """{"task":"t1","subject":"ann"}""")).IsProblem(400, "INVALID_REQUEST");
        (await hub.GetAsync($"{Purges}/none")).IsProblem(404, "NOT_FOUND");
        Assert.Empty((await hub.GetAsync(Purges)).Is(200).Body["purges"]!.AsArray());
    }

    private static (int Tasks, int Open, int Memory, int Messages) Counts(JsonNode counts) =>
        ((int)counts["tasks"]!, (int)counts["open_tasks"]!, (int)counts["memory_entries"]!, (int)counts["messages"]!);

    /// <summary>Runs a task that leaves the marker wherever a task can leave text.</summary>
    private static async Task<string> FullTaskAsync(RestHub hub)
    {
        var more = $$$""","input":{"prompt":"{{{Marker}}} input"},"metadata":{"customer":"{{{Marker}}} metadata"},"assign_to":"a1","max_attempts":3,"backoff_base_ms":1""";
        var id = await hub.CreateAsync($"{Marker}title of the task", more);
        var (task, proof) = await hub.LeaseAsync("a1");
        Assert.Equal(id, task);
        await SayAsync("start");
        await SayAsync("progress", $$""","progress":0.5,"message":"{{Marker}} progress" """);
        await SayAsync("log", $$""","lines":["{{Marker}} line"]""");
        await SayAsync("fail", $$""","retryable":true,"error":{"code":"FLAKY","message":"{{Marker}} error"}""");
        (task, proof) = await hub.LeaseAsync("a1");
        await SayAsync("log", $$""","lines":["{{Marker}} second line"]""");
        var question = (await hub.PostAsync(
            $"/api/v1/leases/{task}/ask",
            $$$"""{{{{proof}}},"question":{"text":"{{{Marker}}} question","choices":["yes","no {{{Marker}}}"]},"checkpoint":["{{{Marker}}} checkpoint"]}""")).Is(200).Text("question");
        (await hub.PostAsync($"/api/v1/questions/{question}/answer", $$"""{"answer":"no {{Marker}}"}""")).Is(200);
        (task, proof) = await hub.LeaseAsync("a1");
        await SayAsync("complete", $$""","result":{"text":"{{Marker}} {{new string('r', 100_000)}}"},"usage":{"input_tokens":3}""");
        return task;

        async Task SayAsync(string verb, string and = "") => (await hub.PostAsync($"/api/v1/leases/{task}/{verb}", $"{{{proof}{and}}}")).Is(200);
    }

    private static async Task<JsonObject> EndAsync(RestHub hub, string purge)
    {
        JsonObject? body = null;
        await Eventually.Async(
            async () => (string)(body = (await hub.GetAsync($"{Purges}/{purge}")).Is(200).Body)["state"]! == "done", "the end of the purge");
        return body!;
    }

    /// <summary>Returns what a client receives after a position, up to a record of a kind.</summary>
    private static async Task<string> ReadAsync(RestHub hub, string since, string last)
    {
        using var events = await EventReader.OpenAsync(hub, lastEventId: since);
        var text = new StringBuilder();
        while (await events.NextAsync() is { } next)
        {
            text.AppendLine(next.Data.ToJsonString());
            if ((string?)next.Data["kind"] == last) break;
        }

        return text.ToString();
    }

    /// <summary>Returns the number of rows of all tables whose texts or bytes have the marker.</summary>
    private static async Task<long> RowsWithMarkerAsync(PostgresStoreOptions store)
    {
        await using var source = NpgsqlDataSource.Create(store.Connection);
        var tables = new List<string>();
        await using (var list = source.CreateCommand($"SELECT table_name FROM information_schema.tables WHERE table_schema = '{store.Schema}'"))
        await using (var rows = await list.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync()) tables.Add(rows.GetString(0));
        }

        Assert.NotEmpty(tables);
        var count = 0L;
        foreach (var table in tables)
        {
            var hex = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Marker));
            await using var find = source.CreateCommand(
                $"SELECT count(*) FROM \"{store.Schema}\".\"{table}\" AS t WHERE t::text ILIKE '%{Marker}%' OR t::text LIKE '%{hex}%'");
            count += (long)(await find.ExecuteScalarAsync())!;
        }

        return count;
    }

    /// <summary>Returns the files of the data folder whose bytes have the marker.</summary>
    private static List<string> FilesWithMarker(RestHub hub)
    {
        var found = new List<string>();
        foreach (var file in Directory.EnumerateFiles(hub.Folder, "*", SearchOption.AllDirectories))
        {
            // The hub holds it exclusively; it has the number of the process.
            if (Path.GetFileName(file) == "waggle.lock") continue;
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            if (Encoding.Latin1.GetString(copy.GetBuffer(), 0, (int)copy.Length).Contains(Marker, StringComparison.OrdinalIgnoreCase)) found.Add(file);
        }

        return found;
    }
}
