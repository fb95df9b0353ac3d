using Npgsql;
using Waggle.Core.Ports;
using Waggle.TestKit;

namespace Waggle.Storage.Postgres.Tests.Ownership;

public sealed class HiveClaimsTests(Server server) : IAsyncLifetime
{
    private const string Fault = "another process owns the hive 'h'";
    private const string Locks = "FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted AND a.application_name = $1";

    // The owner looks at its session every two seconds, and a hub that waits for the hive tries five times a second.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(6);

    private PostgresStoreOptions _options = null!;
    private NpgsqlConnection _watch = null!;

    // Other tests have sessions on the same server.
    private string First => $"first of {_options.Schema}";

    public async ValueTask InitializeAsync()
    {
        _options = await server.OptionsAsync() with { ClaimTimeout = Silence };
        _watch = new NpgsqlConnection($"{_options.Connection};Pooling=false");
        await _watch.OpenAsync();
    }

    public async ValueTask DisposeAsync() => await _watch.DisposeAsync();

    [Fact]
    public async Task An_owner_that_was_replaced_while_its_session_was_broken_reports_it_without_a_commit()
    {
        await using var first = await OpenFirstAsync();
        await using var second = await Server.OpenAsync(_options);
        var old = await AcquireAsync(first);
        Assert.Null(first.Fault);
        await BreakFirstAsync();
        var tenure = await AcquireAsync(second);
        await Eventually.Async(() => first.Fault is not null, "the first owner has a fault");

        Assert.Equal(Fault, first.Fault);
        foreach (var fenced in new[]
        {
            await Assert.ThrowsAsync<StoreFencedException>(() => CommitAsync(first, old)),
            await Assert.ThrowsAsync<StoreFencedException>(async () => await first.PruneLogAsync(old, DateTimeOffset.UnixEpoch, 10, default)),
            await Assert.ThrowsAsync<StoreFencedException>(async () => await first.PruneEntitiesAsync(old, "task", DateTimeOffset.UnixEpoch, 10, default)),
            await Assert.ThrowsAsync<StoreFencedException>(async () => await first.LoadOpenAsync(old, default).GetAsyncEnumerator().MoveNextAsync()),
        })
        {
            // The fault says it, and not an answer of the server.
            Assert.Contains(Fault, fenced.Message, StringComparison.Ordinal);
        }

        Assert.Null(second.Fault);
        await CommitAsync(second, tenure);
    }

    [Fact]
    public async Task A_takeover_that_has_ended_is_reported_too_and_its_lock_stays_free_until_the_hive_is_acquired_anew()
    {
        await using var first = await OpenFirstAsync();
        await using (var second = await Server.OpenAsync(_options))
        {
            await AcquireAsync(first);
            await BreakFirstAsync();
            await AcquireAsync(second);
        }

        await Eventually.Async(() => first.Fault is not null, "the first owner has a fault");
        await using (var third = await Server.OpenAsync(_options)) await AcquireAsync(third);

        var tenure = await AcquireAsync(first);
        Assert.Null(first.Fault);
        Assert.Equal(4, tenure.Term);
        await CommitAsync(first, tenure);
    }

    [Fact]
    public async Task An_owner_whose_lock_another_session_has_without_a_term_of_its_own_goes_on_and_takes_the_lock_again()
    {
        await using var first = await OpenFirstAsync();
        var tenure = await AcquireAsync(first);
        var key = await RunAsync($"SELECT (l.classid::bigint << 32) | l.objid::bigint {Locks}", First);
        await BreakFirstAsync();
        await Eventually.Async(async () => await RunAsync($"SELECT pg_try_advisory_lock({key})::int::bigint") == 1, "the lock is free");
        await Eventually.Async(
            async () => await RunAsync("SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND query LIKE 'SELECT term%'", First) > 0,
            "the first owner asks for the term");
        Assert.Null(first.Fault);
        tenure = await CommitAsync(first, tenure);

        await RunAsync($"SELECT pg_advisory_unlock({key})");
        await Eventually.Async(async () => await RunAsync($"SELECT count(*) {Locks}", First) == 1, "the first owner has its lock again");
        Assert.Null(first.Fault);
        await CommitAsync(first, tenure);
    }

    private async Task<PostgresStore> OpenFirstAsync() =>
        await Server.OpenAsync(_options with { Connection = $"{_options.Connection};Application Name={First}" });

    private async Task BreakFirstAsync() => Assert.Equal(1, await RunAsync($"SELECT count(pg_terminate_backend(pid)) {Locks}", First));

    /// <returns>The number that the statement returns; 0 if it returns none.</returns>
    private async Task<long> RunAsync(string sql, string? parameter = null)
    {
        await using var command = new NpgsqlCommand(sql, _watch);
        if (parameter is not null) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = parameter });
        return await command.ExecuteScalarAsync() is long number ? number : 0;
    }

    private static async Task<Tenure> AcquireAsync(PostgresStore store) => await store.AcquireAsync("h", DateTimeOffset.UnixEpoch, default);

    private static async Task<Tenure> CommitAsync(PostgresStore store, Tenure tenure) =>
        await store.CommitAsync(tenure, new CommitBatch([], tenure.Head, default, DateTimeOffset.UnixEpoch), default);
}
