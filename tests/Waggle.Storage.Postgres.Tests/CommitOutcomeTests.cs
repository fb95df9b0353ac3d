using System.Text;
using Npgsql;
using Waggle.Core.Ports;
using Waggle.TestKit;
using Waggle.TestKit.Postgres;

namespace Waggle.Storage.Postgres.Tests;

public sealed class CommitOutcomeTests(Server server)
{
    [Fact]
    public async Task A_commit_that_was_written_although_its_answer_was_lost_is_not_written_again()
    {
        await using var proxy = new CuttingProxy((await server.GetAsync()).Port);
        await using var store = await Server.OpenAsync(await OptionsAsync(proxy));
        var tenure = await MakeAsync(store, await AcquireAsync(store));

        proxy.CutReplyTo("the lost one"u8.ToArray());
        tenure = await MakeAsync(store, tenure, "the lost one");
        Assert.Equal(1, proxy.Cuts);
        tenure = await MakeAsync(store, tenure);

        Assert.Equal(3, tenure.Head);
        Assert.Equal([1, 2, 3], (await store.ReadLogAsync("h", 0, 10, default)).Select(row => row.LastOffset));
    }

    [Fact]
    public async Task A_commit_without_records_whose_answer_was_lost_is_found_by_its_stamp()
    {
        await using var proxy = new CuttingProxy((await server.GetAsync()).Port);
        await using var store = await Server.OpenAsync(await OptionsAsync(proxy));
        var tenure = await MakeAsync(store, await AcquireAsync(store));

        proxy.CutReplyTo("the lost one"u8.ToArray());
        await store.CommitAsync(tenure, new CommitBatch([Entity("t1", 1, "the lost one")], 1, default, DateTimeOffset.UnixEpoch), default);
        Assert.Equal(1, proxy.Cuts);
        Assert.Equal("the lost one", Encoding.UTF8.GetString((await store.GetAsync("h", [new("task", "t1")], default))[0].Body.Span));
    }

    [Fact]
    public async Task While_the_server_cannot_be_asked_the_outcome_is_unknown_and_an_owner_that_missed_its_own_commit_ends()
    {
        await using var proxy = new CuttingProxy((await server.GetAsync()).Port);
        await using var store = await Server.OpenAsync(await OptionsAsync(proxy) with { SettleTimeout = TimeSpan.FromMilliseconds(300) });
        var tenure = await MakeAsync(store, await AcquireAsync(store));

        proxy.CutReplyTo("the lost one"u8.ToArray(), thenRefuse: true);
        var unknown = await Assert.ThrowsAsync<StoreException>(() => MakeAsync(store, tenure, "the lost one"));
        Assert.Contains("outcome of a commit is unknown", unknown.Message, StringComparison.Ordinal);
        var still = await Assert.ThrowsAsync<StoreException>(() => MakeAsync(store, tenure));
        Assert.Contains("cannot be reached", still.Message, StringComparison.Ordinal);

        proxy.Refuses = false;
        var ended = await Assert.ThrowsAsync<StoreFencedException>(() => MakeAsync(store, tenure));
        Assert.Contains("Start the hub again", ended.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2], (await store.ReadLogAsync("h", 0, 10, default)).Select(row => row.LastOffset));
    }

    [Fact]
    public async Task A_server_that_crashes_and_comes_back_keeps_every_commit_and_the_owner_goes_on()
    {
        await using var own = await PostgresServer.StartAsync();
        await using var store = await Server.OpenAsync(new() { Connection = own.Connection, SettleTimeout = TimeSpan.FromMinutes(2) });
        var tenure = await MakeAsync(store, await AcquireAsync(store));
        await own.CrashAsync();
        await Assert.ThrowsAsync<StoreException>(async () => await store.GetAsync("h", [new("task", "t1")], default));
        await own.StartAgainAsync();

        Assert.Single(await store.GetAsync("h", [new("task", "t1")], default));
        tenure = await MakeAsync(store, tenure);
        Assert.Equal(2, tenure.Head);
    }

    [Fact]
    public async Task A_commit_whose_connection_breaks_at_each_try_fails_after_three_and_the_owner_goes_on()
    {
        var options = await server.OptionsAsync();
        await using var store = await Server.OpenAsync(options);
        var tenure = await MakeAsync(store, await AcquireAsync(store));
        await using var session = await SessionAsync(options);
        await RunAsync(
            session,
            $"CREATE FUNCTION \"{options.Schema}\".cut() RETURNS trigger LANGUAGE plpgsql AS "
                + "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); RETURN NEW; END'");
        await RunAsync(
            session, $"CREATE TRIGGER cut BEFORE INSERT ON \"{options.Schema}\".log FOR EACH ROW EXECUTE FUNCTION \"{options.Schema}\".cut()");

        var failed = await Assert.ThrowsAsync<StoreException>(() => MakeAsync(store, tenure).WaitAsync(Eventually.Patience));
        Assert.Contains("tried the commit 3 times", failed.Message, StringComparison.Ordinal);
        Assert.Contains("57P01", failed.Message, StringComparison.Ordinal);
        await RunAsync(session, $"DROP TRIGGER cut ON \"{options.Schema}\".log");
        await MakeAsync(store, tenure);
        Assert.Equal([1, 2], (await store.ReadLogAsync("h", 0, 10, default)).Select(row => row.LastOffset));
    }

    [Fact]
    public async Task An_owner_that_was_replaced_while_its_commit_broke_ends_at_once()
    {
        var options = await server.OptionsAsync();
        await using var store = await Server.OpenAsync(options with { SettleTimeout = TimeSpan.FromHours(1) });
        var tenure = await MakeAsync(store, await AcquireAsync(store));
        await using var session = await SessionAsync(options);
        await using var watch = await SessionAsync(options);
        await using var takeover = await session.BeginTransactionAsync();
        await RunAsync(session, $"UPDATE \"{options.Schema}\".hive SET term = term + 1");
        var committing = MakeAsync(store, tenure);
        var cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            + $"WHERE wait_event_type = 'Lock' AND query LIKE '%{options.Schema}\".hive SET head%'";
        await Eventually.Async(async () => await RunAsync(watch, cut) is 1L, "the commit waits");
        await takeover.CommitAsync();

        await Assert.ThrowsAsync<StoreFencedException>(() => committing.WaitAsync(Eventually.Patience));
    }

    private static async Task<NpgsqlConnection> SessionAsync(PostgresStoreOptions options)
    {
        var session = new NpgsqlConnection($"{options.Connection};Pooling=false");
        await session.OpenAsync();
        return session;
    }

    private static async Task<object?> RunAsync(NpgsqlConnection session, string sql)
    {
        await using var command = new NpgsqlCommand(sql, session);
        return await command.ExecuteScalarAsync();
    }

    private async Task<PostgresStoreOptions> OptionsAsync(CuttingProxy proxy)
    {
        var port = (await server.GetAsync()).Port;
        var options = await server.OptionsAsync();
        return options with { Connection = options.Connection.Replace($"Port={port}", $"Port={proxy.Port}") };
    }

    private static async Task<Tenure> AcquireAsync(PostgresStore store) => await store.AcquireAsync("h", DateTimeOffset.UnixEpoch, default);

    private static StoredEntity Entity(string id, long seq, string body) => new("task", id, seq, null, ["pending"], Encoding.UTF8.GetBytes(body));

    private static async Task<Tenure> MakeAsync(PostgresStore store, Tenure tenure, string body = "{}")
    {
        var seq = tenure.Head + 1;
        return await store.CommitAsync(tenure, new CommitBatch([Entity($"t{seq}", seq, body)], seq, "log"u8.ToArray(), DateTimeOffset.UnixEpoch), default);
    }
}
