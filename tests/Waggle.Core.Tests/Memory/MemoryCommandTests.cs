using System.Text;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Memory;
using Waggle.Core.Swarms;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Protocol.Topics;

namespace Waggle.Core.Tests.Memory;

public sealed class MemoryCommandTests
{
    private readonly TestHive _hive = new(new HiveOptions { MemoryNamespaceQuota = 100, MemorySwarmQuota = 150, MaxMemoryEntries = 5, MaxMemoryNamespaces = 3 });

    [Fact]
    public void A_put_creates_an_entry_and_the_next_one_replaces_it()
    {
        var first = Put("plan", """{"step":1}""", Metadata("scout"));
        _hive.Now += TimeSpan.FromMinutes(1);
        var second = Put("plan", "\"é\"");

        Assert.Equal((true, 10, TestHive.Start, "user"), (first.Created, first.Bytes, first.CreatedAt, first.UpdatedBy));
        Assert.Equal("scout", first.Metadata!["source"]);
        Assert.Equal((false, Encoding.UTF8.GetByteCount("\"é\""), TestHive.Start, _hive.Now), (second.Created, (int)second.Bytes, second.CreatedAt, second.UpdatedAt));
        Assert.Null(second.Metadata);
        Assert.True(second.Version > first.Version);
        Assert.Equal((1, 4), Counters("notes"));
        Assert.Equal("\"é\"", Stored("plan")!.Value.ToString());
    }

    [Fact]
    public void The_record_tells_everything_but_the_value_and_the_metadata()
    {
        Put("plan", "\"the secret\"", Metadata("another secret"));

        var stored = _hive.Replies<MemoryStored>();
        Assert.Equal(("memory.notes", "notes", "plan", 12L, "user", null), (stored.Topic, stored.Namespace, stored.Key, stored.Bytes, stored.StoredBy, stored.ReplacedBytes));
        Assert.Equal(_hive.Tenure.Head, stored.Version);
        Assert.All(_hive.Published, record => Assert.DoesNotContain("secret", Encoding.UTF8.GetString(record.Data.Span)));
        Assert.All(_hive.Store.Log(), row => Assert.DoesNotContain("secret", Encoding.UTF8.GetString(row.Body.Span)));
    }

    [Fact]
    public void Of_two_writers_that_name_the_same_version_one_wins()
    {
        var version = Put("plan", "1").Version;
        var decisions = _hive.Turn(Command("plan", "2") with { IfVersion = version }, Command("plan", "3") with { IfVersion = version })!;

        Assert.Null(decisions[0].Error);
        Assert.Equal(ErrorCodes.VersionConflict, decisions[1].Error!.Code);
        Assert.Equal("2", Stored("plan")!.Value.ToString());
    }

    [Fact]
    public void Version_0_says_that_there_is_no_entry()
    {
        Assert.True(_hive.Ok(Command("plan", "1") with { IfVersion = 0 }).Created);
        var taken = _hive.Refused(Command("plan", "2") with { IfVersion = 0 });
        Assert.Equal(ErrorCodes.VersionConflict, taken.Code);
        Assert.Contains("there is an entry 'plan' already", taken.Message, StringComparison.Ordinal);
        Assert.Contains("there is no entry 'other'", _hive.Refused(Command("other", "2") with { IfVersion = 7 }).Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCodes.VersionConflict, _hive.Refused(Delete("plan") with { IfVersion = 999 }).Code);
    }

    [Fact]
    public void A_repeated_put_gets_the_first_answer_and_changes_nothing_also_after_a_restart()
    {
        var put = Command("plan", "1") with { IdempotencyKey = "k", IfVersion = 0, Metadata = Metadata("scout"), Ttl = TimeSpan.FromHours(1) };
        var first = _hive.Ok(put);
        Put("plan", "2");
        _hive.Restart();
        var again = _hive.Ok(put);

        Assert.True(first is { Created: true, Duplicate: false });
        Assert.Equal(first with { Duplicate = true, Metadata = null }, again with { Metadata = null });
        Assert.Equal("scout", again.Metadata!["source"]);
        Assert.Equal("2", Stored("plan")!.Value.ToString());
        Assert.Equal(2, _hive.All.OfType<MemoryStored>().Count());
        _hive.Ok(Delete("plan"));
        Assert.Equal(first.Version, _hive.Ok(put).Version);
        Assert.Null(Stored("plan"));
    }

    [Fact]
    public void Two_puts_with_one_key_in_one_turn_are_one()
    {
        var put = Command("plan", "1") with { IdempotencyKey = "k" };
        var decisions = _hive.Turn(put, put)!.Cast<Decision<MemoryEntryView>>().ToArray();

        Assert.Equal((false, true), (decisions[0].Value!.Duplicate, decisions[1].Value!.Duplicate));
        Assert.Equal(decisions[0].Value!.Version, decisions[1].Value!.Version);
        Assert.Single(_hive.All.OfType<MemoryStored>());
    }

    [Fact]
    public void Another_put_under_the_same_key_is_a_conflict_and_other_callers_and_namespaces_have_keys_of_their_own()
    {
        var put = Command("plan", "1") with { IdempotencyKey = "k" };
        _hive.Ok(put);

        PutMemory[] others =
        [
            put with { Value = RawJson.Parse("2") }, put with { Key = "other" }, put with { IfVersion = 1 }, put with { Ttl = TimeSpan.FromHours(1) },
            put with { Metadata = Metadata("scout") },
        ];
        Assert.All(others, other => Assert.Equal(ErrorCodes.IdempotencyConflict, _hive.Refused(other).Code));
        Assert.Equal(ErrorCodes.InvalidRequest, _hive.Refused(put with { IdempotencyKey = "no key" }).Code);
        Assert.False(_hive.Ok(put with { Value = RawJson.Parse("2"), By = Principal.Local("default", "ann") }).Duplicate);
        Assert.False(_hive.Ok(put with { Namespace = "more", Value = RawJson.Parse("3") }).Duplicate);
    }

    [Fact]
    public void A_repeated_put_gets_the_first_answer_while_the_store_has_no_room_and_a_new_one_is_refused()
    {
        var put = Command("plan", "1") with { IdempotencyKey = "k" };
        var first = _hive.Ok(put);
        _hive.Engine.Full = true;

        Assert.Equal(first with { Duplicate = true }, _hive.Ok(put));
        Assert.Equal(ErrorCodes.StoreFull, _hive.Refused(put with { IdempotencyKey = "other" }).Code);
    }

    [Fact]
    public void The_row_of_a_put_with_a_key_has_no_metadata_and_a_repetition_brings_its_own()
    {
        var put = Command("plan", "1") with { IdempotencyKey = "k", Metadata = Metadata("scout") };
        _hive.Ok(put);

        Assert.DoesNotContain("scout", Encoding.UTF8.GetString(_hive.Store.Entities().Single(e => e.Kind == "memory_put").Body.Span));
        Assert.Equal("scout", _hive.Ok(put).Metadata!["source"]);
    }

    [Fact]
    public void A_namespace_keeps_a_limited_number_of_keys_also_of_deleted_entries_and_over_a_restart()
    {
        var hive = new TestHive(new HiveOptions { MaxMemoryPutKeys = 3 });
        for (var i = 0; i < 3; i++)
        {
            hive.Ok(Keyed($"k{i}"));
            hive.Ok(Delete("plan"));
            hive.Restart();
        }

        var over = hive.Refused(Keyed("k3"));
        Assert.Equal(ErrorCodes.QuotaExceeded, over.Code);
        Assert.Contains("'notes' keeps 3 idempotency keys", over.Message, StringComparison.Ordinal);
        Assert.True(hive.Ok(Keyed("k0")).Duplicate);
        hive.Ok(Command("plan", "1"));
        hive.Ok(Keyed("k3") with { Namespace = "more" });
    }

    [Fact]
    public void Keys_count_for_one_to_two_times_as_long_as_they_are_kept()
    {
        var hive = new TestHive(new HiveOptions { MaxMemoryPutKeys = 3, MemoryPutRetention = TimeSpan.FromHours(1) });
        hive.Ok(Keyed("k0"));
        hive.Now += TimeSpan.FromMinutes(50);
        hive.Ok(Keyed("k1"));
        hive.Now += TimeSpan.FromMinutes(20);
        hive.Ok(Keyed("k2"));

        Assert.Equal(ErrorCodes.QuotaExceeded, hive.Refused(Keyed("k3")).Code);
        hive.Now += TimeSpan.FromMinutes(50);
        hive.Ok(Keyed("k3"));
        hive.Ok(Keyed("k4"));
        Assert.Equal(ErrorCodes.QuotaExceeded, hive.Refused(Keyed("k5")).Code);
        hive.Now += TimeSpan.FromHours(3);
        for (var i = 6; i < 9; i++) hive.Ok(Keyed($"k{i}"));
        Assert.Equal(ErrorCodes.QuotaExceeded, hive.Refused(Keyed("k9")).Code);
    }

    [Fact]
    public void A_put_whose_commit_failed_leaves_no_answer_behind()
    {
        var put = Command("plan", "1") with { IdempotencyKey = "k" };
        _hive.Store.FailNextCommit();
        Assert.Null(_hive.Turn(put));

        Assert.True(_hive.Ok(put) is { Created: true, Duplicate: false });
    }

    [Fact]
    public void A_version_is_not_used_again_after_a_deletion()
    {
        var first = Put("plan", "1").Version;
        Assert.Equal(first, _hive.Ok(Delete("plan")).Version);
        var second = Put("plan", "1").Version;

        Assert.NotEqual(first, second);
        Assert.Equal(ErrorCodes.VersionConflict, _hive.Refused(Command("plan", "2") with { IfVersion = first }).Code);
    }

    [Fact]
    public void A_deleted_entry_leaves_nothing_behind_but_its_record()
    {
        Put("plan", "1");
        _hive.Ok(Delete("plan"));

        Assert.DoesNotContain(_hive.Store.Entities(), e => e.Kind is "memory" or "memory_namespace");
        Assert.Equal((1L, "user"), (_hive.Replies<MemoryDeleted>().Bytes, _hive.Replies<MemoryDeleted>().DeletedBy));
        var missing = _hive.Refused(Delete("plan"));
        Assert.Equal((ErrorCodes.NotFound, "There is no entry 'plan' in memory namespace 'notes'."), (missing.Code, missing.Message));
    }

    [Fact]
    public void An_entry_ends_once_when_its_time_is_over_also_over_a_restart()
    {
        Put("short", "1", ttl: TimeSpan.FromSeconds(10));
        Put("long", "2", ttl: TimeSpan.FromSeconds(60));
        Put("ever", "3");
        _hive.Advance(TimeSpan.FromSeconds(9));
        Assert.NotNull(Stored("short"));
        _hive.Restart();
        _hive.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Stored("short"));
        _hive.Restart();
        _hive.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(["short", "long"], _hive.All.OfType<MemoryExpired>().Select(r => r.Key));
        Assert.Equal((1, 1), Counters("notes"));
        Assert.Null(_hive.State.Timers.DueOf(ExpireMemory.TimerKey));
    }

    [Fact]
    public void More_damaged_entries_at_the_front_than_a_turn_ends_do_not_stop_the_expiry_of_others()
    {
        var hive = new TestHive { SetsAside = true };
        for (var i = 0; i <= ExpireMemory.Most + 1; i++)
        {
            hive.Ok(Command($"key-{i}", "1") with { Ttl = TimeSpan.FromSeconds(10 + i) });
            if (i <= ExpireMemory.Most) hive.Store.Damage(MemoryEntity.KeyOf(null, "notes", $"key-{i}"));
        }

        hive.Restart();
        hive.Advance(TimeSpan.FromHours(1));
        Assert.Equal([$"key-{ExpireMemory.Most + 1}"], hive.All.OfType<MemoryExpired>().Select(r => r.Key));
    }

    [Fact]
    public void A_put_without_a_time_to_live_takes_away_the_one_before()
    {
        Put("plan", "1", ttl: TimeSpan.FromSeconds(10));
        Put("plan", "2");
        _hive.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("2", Stored("plan")!.Value.ToString());
    }

    [Fact]
    public void What_is_over_and_not_yet_ended_is_not_there_for_commands()
    {
        Put("plan", "123456", ttl: TimeSpan.FromSeconds(10));
        Put("gone", "123456", ttl: TimeSpan.FromSeconds(10));
        _hive.Now += TimeSpan.FromSeconds(11);

        Assert.True(_hive.Ok(Command("plan", "1") with { IfVersion = 0 }).Created);
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(Delete("gone")).Code);
        Assert.Equal(["plan", "gone"], _hive.All.OfType<MemoryExpired>().Select(r => r.Key));
        Assert.Equal((1, 1), Counters("notes"));
        _hive.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, _hive.All.OfType<MemoryExpired>().Count());
    }

    [Fact]
    public void More_than_a_turn_takes_end_in_several()
    {
        var hive = new TestHive();
        for (var i = 0; i < 450; i++) hive.Turn(new PutMemory("many", $"k{i}", RawJson.Parse("1"), Ttl: TimeSpan.FromSeconds(5)) { By = TestHive.User });
        hive.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(450, hive.All.OfType<MemoryExpired>().Select(r => r.Key).Distinct().Count());
        Assert.Equal(450, hive.All.OfType<MemoryExpired>().Count());
        Assert.Equal(0, hive.State.MemoryNamespaceCount);
    }

    [Fact]
    public void A_quota_counts_the_bytes_that_a_put_adds()
    {
        Put("a", Text(60));
        var over = _hive.Refused(Command("b", Text(41)));
        Assert.Equal(ErrorCodes.QuotaExceeded, over.Code);
        Assert.Contains("'notes' has 60 of 100 bytes; this put would add 41", over.Message, StringComparison.Ordinal);
        Put("b", Text(40));
        Put("a", Text(60));
        Put("a", Text(10));
        Put("b", Text(90));
        Assert.Equal((2, 100), Counters("notes"));
        _hive.Ok(Delete("b"));
        Put("c", Text(90));
    }

    [Fact]
    public void A_swarm_and_the_shared_namespaces_each_have_a_quota_of_their_own()
    {
        Put("a", Text(100));
        _hive.Ok(new PutMemory("more", "a", RawJson.Parse(Text(50))) { By = TestHive.User });
        Assert.Contains("The shared memory has 150 of 150", _hive.Refused(new PutMemory("more", "b", RawJson.Parse("1")) { By = TestHive.User }).Message, StringComparison.Ordinal);
        _hive.Ok(new PutMemory("notes", "a", RawJson.Parse(Text(100)), "default") { By = TestHive.User });
        _hive.Restart();
        Assert.Equal((150, 100), (_hive.State.MemoryBytes(null), _hive.State.MemoryBytes("default")));
        Assert.Equal(ErrorCodes.QuotaExceeded, _hive.Refused(new PutMemory("more", "b", RawJson.Parse("1")) { By = TestHive.User }).Code);
    }

    [Fact]
    public void Entries_and_namespaces_are_counted_too()
    {
        for (var i = 0; i < 5; i++) Put($"k{i}", "1");
        Assert.Contains("has 5 entries", _hive.Refused(Command("k5", "1")).Message, StringComparison.Ordinal);
        Put("k4", "2");
        _hive.Ok(new PutMemory("two", "a", RawJson.Parse("1")) { By = TestHive.User });
        _hive.Ok(new PutMemory("three", "a", RawJson.Parse("1")) { By = TestHive.User });
        Assert.Contains("has 3 memory namespaces", _hive.Refused(new PutMemory("four", "a", RawJson.Parse("1")) { By = TestHive.User }).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.b")]
    [InlineData("a/b")]
    [InlineData("a\u0001b")]
    [InlineData("a\ud83d")]
    [InlineData("")]
    [InlineData("ünder")]
    public void A_name_with_a_forbidden_character_is_refused(string name)
    {
        var key = _hive.Refused(new PutMemory("notes", name, RawJson.Parse("1")) { By = TestHive.User });
        var ns = _hive.Refused(new PutMemory(name, "plan", RawJson.Parse("1")) { By = TestHive.User });

        Assert.Equal((ErrorCodes.InvalidRequest, ErrorCodes.InvalidRequest), (key.Code, ns.Code));
        Assert.StartsWith("key '", key.Message, StringComparison.Ordinal);
        Assert.StartsWith("namespace '", ns.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_is_at_most_100_characters_long()
    {
        Put(new string('k', 100), "1");
        Assert.Equal(ErrorCodes.InvalidRequest, _hive.Refused(Command(new string('k', 101), "1")).Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(315_360_000_000 + 1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void A_time_to_live_is_between_a_millisecond_and_ten_years(long milliseconds)
    {
        var error = _hive.Refused(Command("plan", "1") with { Ttl = PutMemory.After(milliseconds) });

        Assert.Equal(ErrorCodes.InvalidRequest, error.Code);
        Assert.StartsWith("ttl_ms is 1 to 315360000000 (ten years); it was", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_of_more_than_a_mebibyte_is_refused()
    {
        var hive = new TestHive();
        hive.Ok(new PutMemory("notes", "plan", RawJson.Parse(Text(Limits.MaxMemoryValueBytes))) { By = TestHive.User });
        Assert.Equal(ErrorCodes.TooLarge, hive.Refused(new PutMemory("notes", "plan", RawJson.Parse(Text(Limits.MaxMemoryValueBytes + 1))) { By = TestHive.User }).Code);
    }

    [Fact]
    public void Metadata_is_bounded()
    {
        var many = Enumerable.Range(0, 33).ToDictionary(i => $"k{i}", _ => "");
        Assert.Equal(ErrorCodes.InvalidRequest, _hive.Refused(Command("plan", "1") with { Metadata = many }).Code);
        Assert.Equal(ErrorCodes.InvalidRequest, _hive.Refused(Command("plan", "1") with { Metadata = Metadata(new string('x', 501)) }).Code);
        Assert.Equal(ErrorCodes.InvalidRequest, _hive.Refused(Command("plan", "1") with { Metadata = new Dictionary<string, string> { [""] = "x" } }).Code);
        Assert.Equal(ErrorCodes.InvalidRequest, _hive.Refused(Command("plan", "1") with { IfVersion = -1 }).Code);
    }

    [Fact]
    public void A_swarm_that_is_not_there_has_no_namespaces()
    {
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new PutMemory("notes", "plan", RawJson.Parse("1"), "nowhere") { By = TestHive.User }).Code);
    }

    [Fact]
    public void Who_is_limited_to_swarms_reaches_theirs_and_what_is_shared()
    {
        _hive.Ok(new CreateSwarm("Other", "other") { By = TestHive.User });
        var mine = TestHive.User with { Swarms = new HashSet<string> { "default" } };
        _hive.Ok(new PutMemory("notes", "plan", RawJson.Parse("1"), "default") { By = mine });
        _hive.Ok(new PutMemory("notes", "plan", RawJson.Parse("2")) { By = mine });
        var foreign = _hive.Refused(new PutMemory("notes", "plan", RawJson.Parse("3"), "other") { By = mine });
        Assert.Equal(ErrorCodes.Forbidden, foreign.Code);
        Assert.Equal(ErrorCodes.Forbidden, _hive.Refused(new DeleteMemory("notes", "plan", "other") { By = mine }).Code);

        _hive.Ok(new PutMemory("notes", "plan", RawJson.Parse("3"), "other") { By = TestHive.User });
        var heard = _hive.Published.Where(r => r.Kind == "memory_stored").Select(mine.Hears);
        Assert.Equal([true, true, false], heard);
    }

    [Fact]
    public void Who_is_limited_to_namespaces_reaches_those_of_these_names()
    {
        var mine = TestHive.User with { Namespaces = new HashSet<string> { "notes" } };
        _hive.Ok(new PutMemory("notes", "plan", RawJson.Parse("1")) { By = mine });
        _hive.Ok(new PutMemory("notes", "plan", RawJson.Parse("1"), "default") { By = mine });
        var other = _hive.Refused(new PutMemory("other", "plan", RawJson.Parse("1")) { By = mine });
        Assert.Equal(ErrorCodes.Forbidden, other.Code);
        Assert.Contains("limited to notes", other.Message, StringComparison.Ordinal);

        _hive.Ok(new PutMemory("other", "plan", RawJson.Parse("1")) { By = TestHive.User });
        Assert.Equal([true, true, false], _hive.Published.Where(r => r.Kind == "memory_stored").Select(mine.Hears));
        Assert.Null(mine.Problem(Pattern("memory.*")));
        Assert.Null(mine.Problem(Pattern("memory.notes")));
        Assert.NotNull(mine.Problem(Pattern("memory.other")));
    }

    [Fact]
    public void Without_the_permission_nothing_is_put_or_heard()
    {
        var reader = new Principal("ann", "default", null, Permissions.Expand([Permissions.ReadMemory], []));
        var stranger = new Principal("eve", "default", null, Permissions.Expand([Permissions.ReadTasks], []));
        Put("plan", "1");

        Assert.Equal(ErrorCodes.Forbidden, _hive.Refused(Command("plan", "2") with { By = reader }).Code);
        var record = _hive.Published.Last(r => r.Kind == "memory_stored");
        Assert.Equal((true, false), (reader.Hears(record), stranger.Hears(record)));
    }

    [Fact]
    public void A_commit_that_fails_changes_neither_entries_nor_counters()
    {
        Put("plan", "1");
        _hive.Store.FailNextCommit();
        Assert.Null(_hive.Turn(Command("plan", "12345"), Command("other", "1")));

        Assert.Equal((1, 1), Counters("notes"));
        Assert.Equal(1, _hive.State.MemoryBytes(null));
        Assert.Equal("1", Stored("plan")!.Value.ToString());
    }

    private MemoryEntryView Put(string key, string value, IReadOnlyDictionary<string, string>? metadata = null, TimeSpan? ttl = null) =>
        _hive.Ok(Command(key, value) with { Metadata = metadata, Ttl = ttl });

    private static PutMemory Command(string key, string value) => new("notes", key, RawJson.Parse(value)) { By = TestHive.User };

    private static PutMemory Keyed(string key) => Command("plan", "1") with { IdempotencyKey = key };

    private static DeleteMemory Delete(string key) => new("notes", key) { By = TestHive.User };

    private static Dictionary<string, string> Metadata(string source) => new() { ["source"] = source };

    private static TopicPattern Pattern(string text) => TopicPattern.TryParse(text, out var pattern) ? pattern : throw new ArgumentException(text);

    private static string Text(int bytes) => $"\"{new string('x', bytes - 2)}\"";

    private (long Entries, long Bytes) Counters(string ns) => _hive.State.MemoryNamespace(null, ns) is { } counted ? (counted.Entries, counted.Bytes) : default;

    private MemoryEntity? Stored(string key) =>
        _hive.Store.Entities().SingleOrDefault(e => e.Kind == "memory" && e.Id == $"/notes/{key}") is { } stored ? MemoryFeature.Entries.Parse(stored) : null;
}
