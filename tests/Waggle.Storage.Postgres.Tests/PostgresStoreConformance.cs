using Waggle.Conformance.Stores;
using Waggle.Core.Ports;

namespace Waggle.Storage.Postgres.Tests;

/// <summary>The port's suite over PostgreSQL.</summary>
public class PostgresStoreConformance(Server server) : StoreConformance
{
    private PostgresStoreOptions? _options;

    protected override async ValueTask<IStore> OpenAsync(IReadOnlyList<EntityKind> kinds) =>
        await PostgresStore.OpenAsync(_options ??= await server.OptionsAsync(), kinds, TimeProvider.System, default);
}
