using Waggle.Conformance.Stores;
using Waggle.Core.Ports;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests;

/// <summary>The port's suite over SQLite.</summary>
public class SqliteStoreConformance : StoreConformance
{
    private readonly TempFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override ValueTask<IStore> OpenAsync(IReadOnlyList<EntityKind> kinds) =>
        new(SqliteStore.Open(Stores.Options(_folder.Path), kinds, new FakeTime()));
}
