using Waggle.Conformance.Blobs;
using Waggle.Core.Ports;
using Waggle.TestKit;

namespace Waggle.Storage.Postgres.Tests.Blobs;

/// <summary>The port's suite over PostgreSQL.</summary>
public sealed class PostgresBlobsConformance(Server server) : BlobConformance, IAsyncLifetime
{
    private readonly FakeTime _time = new();
    private readonly List<PostgresStore> _opened = [];
    private PostgresStoreOptions _options = null!;

    protected override DateTimeOffset Now => _time.GetUtcNow();

    public async ValueTask InitializeAsync() => _options = await server.OptionsAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _opened) await store.DisposeAsync();
    }

    protected override void Advance(TimeSpan by) => _time.Advance(by);

    protected override IBlobs Open()
    {
        var store = Task.Run(() => PostgresStore.OpenAsync(_options, [], _time, default)).GetAwaiter().GetResult();
        _opened.Add(store);
        return store.Blobs;
    }
}
