using Npgsql;
using Waggle.Conformance.Stores;
using Waggle.Core.Ports;
using Waggle.TestKit;

namespace Waggle.Storage.Postgres.Tests;

/// <summary>The suite of several instances over PostgreSQL.</summary>
public sealed class SharedPostgresConformance(Server server) : SharedStoreConformance
{
    private PostgresStoreOptions? _options;

    protected override async ValueTask<IStore> OpenAsync(IReadOnlyList<EntityKind> kinds, TimeSpan silence)
    {
        _options ??= await server.OptionsAsync();
        return await PostgresStore.OpenAsync(_options with { ClaimTimeout = silence }, kinds, TimeProvider.System, default);
    }

    protected override Task SilenceAsync(IStore store) => ((PostgresStore)store).FallSilentAsync();

    protected override async Task<IHold> HoldAsync()
    {
        var session = new NpgsqlConnection($"{_options!.Connection};Pooling=false;Application Name=holder");
        await session.OpenAsync();
        var transaction = await session.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand($"SELECT * FROM \"{_options.Schema}\".hive FOR UPDATE", session);
        await hold.ExecuteNonQueryAsync();

        // Within a transaction the server shows activity as it was at the first look, so another session looks.
        var watch = new NpgsqlConnection($"{_options.Connection};Pooling=false;Application Name=watch");
        await watch.OpenAsync();
        return new Hold(session, transaction, watch, $"%{_options.Schema}\".hive%");
    }

    private sealed class Hold(NpgsqlConnection session, NpgsqlTransaction transaction, NpgsqlConnection watch, string statements) : IHold
    {
        private const string Waiting = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1";

        public Task WaitForAsync(int waiting) =>
            Eventually.Async(async () => (long)(await RunAsync($"SELECT count(*) {Waiting}"))! == waiting, $"{waiting} wait");

        public async Task BreakAsync() => await RunAsync($"SELECT count(pg_terminate_backend(pid)) {Waiting}");

        public async ValueTask DisposeAsync()
        {
            await transaction.RollbackAsync();
            await session.DisposeAsync();
            await watch.DisposeAsync();
        }

        private async Task<object?> RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, watch) { Parameters = { new NpgsqlParameter<string> { TypedValue = statements } } };
            return await command.ExecuteScalarAsync();
        }
    }
}
