using Waggle.Core.Kernel;
using Waggle.Core.Memory;
using Waggle.Core.Swarms;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Memory;

public sealed class MemoryQueryTests : IAsyncLifetime
{
    private RunningHive _running = null!;

    public async ValueTask InitializeAsync() => _running = await RunningHive.StartAsync();

    public ValueTask DisposeAsync() => _running.DisposeAsync();

    [Fact]
    public async Task An_entry_is_read_as_it_was_put()
    {
        var put = await PutAsync("notes", "plan", """{ "a" : [1, null] }""", metadata: "scout");
        var read = (await GetAsync("notes", "plan")).Value!;

        Assert.Equal("""{ "a" : [1, null] }""", read.Value.ToString());
        Assert.Equal((put.Version, put.Bytes, put.Sha256, "scout"), (read.Version, read.Bytes, read.Sha256, read.Metadata!["source"]));
        await PutAsync("notes", "plan", "null");
        Assert.True((await GetAsync("notes", "plan")).Value!.Value.IsNull);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        await PutAsync("notes", "plan", "1", "default");

        Assert.Equal(ErrorCodes.NotFound, (await GetAsync("nowhere", "plan")).Error!.Code);
        Assert.Equal(ErrorCodes.NotFound, (await GetAsync("notes", "other", "default")).Error!.Code);
        var shared = (await GetAsync("notes", "plan")).Error!;
        Assert.Equal((ErrorCodes.NotFound, "There is no entry 'plan' in memory namespace 'notes'."), (shared.Code, shared.Message));
    }

    [Fact]
    public async Task What_is_over_is_not_there_for_readers_before_it_is_ended()
    {
        await PutAsync("notes", "plan", "1", ttl: TimeSpan.FromMilliseconds(1));
        await PutAsync("notes", "stays", "1");
        _running.Time.Jump(TimeSpan.FromMilliseconds(500));

        Assert.Equal(ErrorCodes.NotFound, (await GetAsync("notes", "plan")).Error!.Code);
        Assert.Equal(["stays"], (await ListAsync("notes")).Entries.Select(e => e.Key));
    }

    [Fact]
    public async Task A_list_goes_by_key_and_page_by_page()
    {
        foreach (var key in (string[])["b:2", "a:1", "b:10", "b", "c", "B:1"]) await PutAsync("notes", key, $"\"{key}\"");
        await PutAsync("notes2", "b:3", "1");
        await PutAsync("notes", "b:4", "1", "default");

        Assert.Equal(["B:1", "a:1", "b", "b:10", "b:2", "c"], (await ListAsync("notes")).Entries.Select(e => e.Key));
        Assert.Equal(["b:10", "b:2"], (await ListAsync("notes", "b:")).Entries.Select(e => e.Key));
        Assert.Empty((await ListAsync("nowhere")).Entries);
        var keys = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await _running.Hive.QueryAsync(new ListMemory("notes", null, null, cursor, 2) { By = TestHive.User }, CancellationToken.None)).Value!;
            Assert.InRange(page.Entries.Count, 1, 2);
            keys.AddRange(page.Entries.Select(e => e.Key));
            cursor = page.Cursor;
        }
        while (cursor is not null);
        Assert.Equal(["B:1", "a:1", "b", "b:10", "b:2", "c"], keys);
    }

    [Fact]
    public async Task A_list_of_thousands_comes_whole()
    {
        var puts = Enumerable.Range(0, 2500).Select(i => PutAsync("many", $"k{i:0000}", "1"));
        await Task.WhenAll(puts);
        var keys = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await _running.Hive.QueryAsync(new ListMemory("many", "k", null, cursor, 1000) { By = TestHive.User }, CancellationToken.None)).Value!;
            keys.AddRange(page.Entries.Select(e => e.Key));
            cursor = page.Cursor;
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 2500).Select(i => $"k{i:0000}"), keys);
    }

    [Theory]
    [InlineData("a.b", null, 10)]
    [InlineData(null, "a/b", 10)]
    [InlineData(null, null, 0)]
    [InlineData(null, null, 1001)]
    public async Task A_list_with_a_wrong_prefix_cursor_or_limit_is_refused(string? prefix, string? cursor, int limit) => Assert.Equal(
        ErrorCodes.InvalidRequest,
        (await _running.Hive.QueryAsync(new ListMemory("notes", prefix, null, cursor, limit) { By = TestHive.User }, CancellationToken.None)).Error!.Code);

    [Fact]
    public async Task Namespaces_are_listed_with_their_counters_as_far_as_one_reaches()
    {
        await _running.Ask(new CreateSwarm("Other", "other") { By = TestHive.User });
        await PutAsync("notes", "a", "12");
        await PutAsync("notes", "b", "123");
        await PutAsync("notes", "a", "1", "default");
        await PutAsync("plans", "a", "1", "other");

        Assert.Equal([(null, "notes", 2, 5), ("default", "notes", 1, 1), ("other", "plans", 1, 1)], await NamespacesAsync(TestHive.User));
        Assert.Equal([(null, "notes", 2, 5), ("default", "notes", 1, 1)], await NamespacesAsync(TestHive.User with { Swarms = new HashSet<string> { "default" } }));
        Assert.Equal([("other", "plans", 1, 1)], await NamespacesAsync(TestHive.User with { Namespaces = new HashSet<string> { "plans" } }));
        Assert.Equal([("other", "plans", 1, 1)], await NamespacesAsync(TestHive.User, "other"));
    }

    [Fact]
    public async Task A_cursor_names_no_namespace_that_the_reader_does_not_reach()
    {
        await PutAsync("a", "k", "1");
        await Task.WhenAll(Enumerable.Range(0, 1200).Select(i => PutAsync($"foreign{i:0000}", "k", "1")));
        await PutAsync("z", "k", "1");
        var mine = TestHive.User with { Namespaces = new HashSet<string> { "a", "z" } };
        var (names, cursors, cursor) = (new List<string>(), new List<string>(), (string?)null);
        do
        {
            var page = (await _running.Hive.QueryAsync(new ListMemoryNamespaces(null, cursor, 1) { By = mine }, CancellationToken.None)).Value!;
            names.AddRange(page.Namespaces.Select(n => n.Namespace));
            cursor = page.Cursor;
            if (cursor is not null) cursors.Add(cursor);
        }
        while (cursor is not null);

        Assert.Equal(["a", "z"], names);
        Assert.DoesNotContain(cursors, c => c.Contains("foreign", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_foreign_swarm_and_a_foreign_namespace_are_forbidden()
    {
        await _running.Ask(new CreateSwarm("Other", "other") { By = TestHive.User });
        await PutAsync("notes", "a", "1", "other");
        var mine = TestHive.User with { Swarms = new HashSet<string> { "default" }, Namespaces = new HashSet<string> { "notes" } };

        Assert.Equal(ErrorCodes.Forbidden, (await GetAsync("notes", "a", "other", mine)).Error!.Code);
        Assert.Equal(ErrorCodes.Forbidden, (await GetAsync("plans", "a", "default", mine)).Error!.Code);
        Assert.Equal(ErrorCodes.NotFound, (await GetAsync("notes", "a", "default", mine)).Error!.Code);
        var list = await _running.Hive.QueryAsync(new ListMemory("notes", null, "other") { By = mine }, CancellationToken.None);
        Assert.Equal(ErrorCodes.Forbidden, list.Error!.Code);
        var namespaces = await _running.Hive.QueryAsync(new ListMemoryNamespaces("other") { By = mine }, CancellationToken.None);
        Assert.Equal(ErrorCodes.Forbidden, namespaces.Error!.Code);
    }

    private async Task<MemoryEntryView> PutAsync(string ns, string key, string value, string? swarm = null, TimeSpan? ttl = null, string? metadata = null)
    {
        var put = new PutMemory(ns, key, RawJson.Parse(value), swarm, null, ttl)
        {
            By = TestHive.User,
            Metadata = metadata is null ? null : new Dictionary<string, string> { ["source"] = metadata },
        };
        var outcome = await _running.Ask(put);
        Assert.Null(outcome.Error);
        return outcome.Value!;
    }

    private Task<Outcome<MemoryView>> GetAsync(string ns, string key, string? swarm = null, Principal? by = null) =>
        _running.Hive.QueryAsync(new GetMemory(ns, key, swarm) { By = by ?? TestHive.User }, CancellationToken.None);

    private async Task<Protocol.Messages.MemoryPage> ListAsync(string ns, string? prefix = null) =>
        (await _running.Hive.QueryAsync(new ListMemory(ns, prefix) { By = TestHive.User }, CancellationToken.None)).Value!;

    private async Task<List<(string?, string, long, long)>> NamespacesAsync(Principal by, string? swarm = null)
    {
        var page = (await _running.Hive.QueryAsync(new ListMemoryNamespaces(swarm) { By = by }, CancellationToken.None)).Value!;
        return [.. page.Namespaces.Select(n => (n.Swarm, n.Namespace, n.Entries, n.Bytes))];
    }
}
