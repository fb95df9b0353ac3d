using Waggle.Conformance.Stores;
using Waggle.Core.Ports;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Ports;

/// <summary>The port's suite over the store that these tests use: what they find on it holds on the others.</summary>
public class MemoryStoreConformance : StoreConformance
{
    private MemoryStore? _store;

    protected override ValueTask<IStore> OpenAsync(IReadOnlyList<EntityKind> kinds) => new(_store ??= new MemoryStore(kinds));
}
