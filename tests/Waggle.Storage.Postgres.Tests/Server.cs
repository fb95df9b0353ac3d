using Waggle.Core.Ports;
using Waggle.Storage.Postgres.Tests;
using Waggle.TestKit.Postgres;

[assembly: AssemblyFixture(typeof(Server))]

namespace Waggle.Storage.Postgres.Tests;

/// <summary>The one server of these tests, started by the first test that asks. Each test has a schema of its own.</summary>
public sealed class Server : IAsyncDisposable
{
    public static readonly EntityKind TaskKind = new("task", ["state"]);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private PostgresServer? _server;
    private int _schemas;

    public async Task<PostgresServer> GetAsync()
    {
        await _turn.WaitAsync();
        try
        {
            return _server ??= await PostgresServer.StartAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Returns options for a schema that no other test has.</summary>
    public async Task<PostgresStoreOptions> OptionsAsync() =>
        new() { Connection = (await GetAsync()).Connection, Schema = $"test_{Interlocked.Increment(ref _schemas)}" };

    public static async Task<PostgresStore> OpenAsync(PostgresStoreOptions options) =>
        await PostgresStore.OpenAsync(options, [TaskKind], TimeProvider.System, default);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _turn.Dispose();
    }
}
