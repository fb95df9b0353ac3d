using Waggle.Core.Access;
using Waggle.Core.Audit;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Audit;

public sealed class AuditTests : IAsyncLifetime
{
    private static readonly Principal Ann =
        Principal.Local("default", "ann") with { Address = "203.0.113.7", TokenId = "token-1" };

    private static readonly Principal Reader =
        new("bob", "default", null, Permissions.Expand(["read:tasks"], [])) { Address = "203.0.113.8" };

    private RunningHive _running = null!;

    public async ValueTask InitializeAsync() => _running = await RunningHive.StartAsync();

    public ValueTask DisposeAsync() => _running.DisposeAsync();

    [Fact]
    public async Task An_administrative_command_is_kept_with_who_did_it_and_from_where()
    {
        await _running.Ask(new SetSwarmState("default", SwarmState.Paused) { By = Ann });

        var entry = Assert.Single(await EntriesAsync());
        Assert.Equal(("swarm.pause", "default", "ann", "203.0.113.7", "token-1"), (entry.Action, entry.Target, entry.User, entry.Address, entry.TokenId));
        Assert.Equal((AuditOutcome.Done, null, 1, _running.Time.GetUtcNow()), (entry.Outcome, entry.Code, entry.Count, entry.At));
    }

    [Fact]
    public async Task A_command_without_effect_is_kept_as_failed_with_its_error()
    {
        await _running.Ask(new SetSwarmState("none", SwarmState.Stopped) { By = Ann });

        var entry = Assert.Single(await EntriesAsync());
        Assert.Equal(("swarm.stop", AuditOutcome.Failed, ErrorCodes.NotFound), (entry.Action, entry.Outcome, entry.Code));
    }

    [Fact]
    public async Task Work_and_reads_are_not_administrative()
    {
        await _running.CreateOne();
        await _running.Ask(new ListSwarms { By = Ann });

        Assert.Empty(await EntriesAsync());
    }

    [Fact]
    public async Task An_entry_is_stored_exactly_if_its_command_is()
    {
        await _running.CreateOne();
        _running.Store.FailNextCommit();
        var failed = await _running.Ask(new SetSwarmState("default", SwarmState.Paused) { By = Ann });
        Assert.Equal(ErrorCodes.StoreUnavailable, failed.Error!.Code);
        await UntilAsync(async () => (await _running.Ask(new SetSwarmState("default", SwarmState.Stopped) { By = Ann })).Error is null, "the store is back", TimeSpan.FromSeconds(1));

        Assert.Equal(["swarm.stop"], (await EntriesAsync()).Where(e => e.Outcome == AuditOutcome.Done).Select(e => e.Action));
    }

    [Fact]
    public async Task Entries_go_on_counting_after_a_restart()
    {
        await _running.Ask(new SetSwarmState("default", SwarmState.Paused) { By = Ann });
        var (store, time) = (_running.Store, _running.Time);
        await _running.DisposeAsync();
        _running = await RunningHive.StartAsync(store: store, time: time);
        await _running.Ask(new SetSwarmState("default", SwarmState.Active) { By = Ann });

        Assert.Equal([(2L, "swarm.resume"), (1L, "swarm.pause")], (await EntriesAsync()).Select(e => (e.Seq, e.Action)));
    }

    [Fact]
    public async Task A_refused_command_and_a_refused_query_are_kept()
    {
        await _running.Ask(new SetSwarmState("default", SwarmState.Paused) { By = Reader });
        await _running.Hive.QueryAsync(new ListAudit(new AuditList()) { By = Reader }, CancellationToken.None);

        var entries = await EntriesAsync(2);
        Assert.All(entries, e => Assert.Equal((AuditOutcome.Refused, ErrorCodes.Forbidden, "bob", "203.0.113.8"), (e.Outcome, e.Code, e.User, e.Address)));
        Assert.Equal(["list_audit", "set_swarm_state"], entries.Select(e => e.Action).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_refusal_before_an_orderly_stop_is_kept()
    {
        await _running.Ask(new SetSwarmState("default", SwarmState.Paused) { By = Reader });
        var (store, time) = (_running.Store, _running.Time);
        await _running.DisposeAsync();
        _running = await RunningHive.StartAsync(store: store, time: time);

        Assert.Equal("set_swarm_state", Assert.Single(await EntriesAsync()).Action);
    }

    [Fact]
    public async Task A_long_name_that_is_nobodys_is_kept_clipped()
    {
        await _running.Ask(new CancelTask(new string('x', 100_000), null, Force: false) { By = Ann });

        var entry = Assert.Single(await EntriesAsync());
        Assert.InRange(entry.Target!.Length, 100, 210);
        Assert.True(entry.Message!.Length <= 1_010);
    }

    [Fact]
    public async Task Every_refusal_of_a_flood_is_counted()
    {
        for (var i = 0; i < 500; i++) await _running.Ask(new SetSwarmState("default", SwarmState.Paused) { By = Reader });

        await UntilAsync(async () => (await EntriesAsync()).Sum(e => e.Count) == 500, "500 refusals", TimeSpan.FromSeconds(20));
        Assert.True((await EntriesAsync()).Count <= 3);
    }

    [Fact]
    public async Task The_log_is_listed_by_user_action_and_outcome_in_pages()
    {
        await _running.Ask(new SetSwarmState("default", SwarmState.Paused) { By = Ann });
        await _running.Ask(new SetSwarmState("none", SwarmState.Paused) { By = Ann });
        await _running.Ask(new SetSwarmState("default", SwarmState.Active) { By = Ann with { Subject = "cid" } });

        Assert.Equal([3L], (await ListAsync(new AuditList { User = "cid" })).Entries.Select(e => e.Seq));
        Assert.Equal([2L, 1L], (await ListAsync(new AuditList { Action = "swarm.pause" })).Entries.Select(e => e.Seq));
        Assert.Equal([2L], (await ListAsync(new AuditList { Outcome = AuditOutcome.Failed })).Entries.Select(e => e.Seq));
        var first = await ListAsync(new AuditList { Limit = 2 });
        Assert.Equal([3L, 2L], first.Entries.Select(e => e.Seq));
        Assert.Equal([1L], (await ListAsync(new AuditList { Cursor = first.Cursor })).Entries.Select(e => e.Seq));
    }

    [Fact]
    public async Task The_log_is_for_those_who_may_read_it_and_see_the_whole_hive()
    {
        var may = new Principal("bob", "default", null, Permissions.Expand(["read:audit"], []));
        Assert.Null((await _running.Hive.QueryAsync(new ListAudit(new AuditList()) { By = may }, CancellationToken.None)).Error);
        var limited = may with { Swarms = new HashSet<string>(StringComparer.Ordinal) { "default" } };
        Assert.Equal(ErrorCodes.Forbidden, (await _running.Hive.QueryAsync(new ListAudit(new AuditList()) { By = limited }, CancellationToken.None)).Error!.Code);
    }

    [Fact]
    public async Task Retention_removes_old_entries()
    {
        await _running.DisposeAsync();
        _running = await RunningHive.StartAsync(new HiveOptions { AuditRetention = TimeSpan.FromMinutes(10) });
        await _running.Ask(new SetSwarmState("default", SwarmState.Paused) { By = Ann });
        await PassAsync(TimeSpan.FromMinutes(9));
        Assert.Single(await EntriesAsync());
        await UntilAsync(async () => (await ListAsync(new AuditList())).Entries.Count == 0, "the entry is gone", TimeSpan.FromMinutes(1));
    }

    private async Task<IReadOnlyList<AuditEntryView>> EntriesAsync(int count = 0)
    {
        if (count > 0)
            await UntilAsync(async () => (await ListAsync(new AuditList())).Entries.Count >= count, $"{count} entries", TimeSpan.FromSeconds(1));
        return (await ListAsync(new AuditList())).Entries;
    }

    private async Task<AuditPage> ListAsync(AuditList list) => (await _running.Hive.QueryAsync(new ListAudit(list) { By = Ann }, CancellationToken.None)).Value!;

    private Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan step) => Eventually.Async(
        async () =>
        {
            if (await condition()) return true;
            _running.Time.Advance(step);
            return false;
        },
        what);

    private async Task PassAsync(TimeSpan time)
    {
        _running.Time.Advance(time);
        await _running.Ask(new ListSwarms { By = Ann });
    }
}
