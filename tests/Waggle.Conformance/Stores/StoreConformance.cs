using Waggle.Core.Ports;

namespace Waggle.Conformance.Stores;

/// <summary>
/// The tests that every <see cref="IStore"/> passes. A backend's test project derives from it and opens the store; each sentence of the port is a test here.
/// One instance is one test with a place of its own.
/// </summary>
public abstract partial class StoreConformance : IAsyncLifetime
{
    protected static readonly EntityKind TaskKind = new("task", ["state", "swarm", "key"], ["key"]);
    protected static readonly EntityKind NoteKind = new("note", []);

    private IStore? _store;

    /// <summary>Opens the store at this test's place. A call after the former store was disposed is a restart.</summary>
    protected abstract ValueTask<IStore> OpenAsync(IReadOnlyList<EntityKind> kinds);

    protected IStore Store => _store ?? throw new InvalidOperationException("The store is open between InitializeAsync and DisposeAsync.");

    public virtual async ValueTask InitializeAsync() => _store = await OpenAsync([TaskKind, NoteKind]);

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_store is not null)
            await _store.DisposeAsync();
    }

    protected async Task RestartAsync()
    {
        await Store.DisposeAsync();
        _store = await OpenAsync([TaskKind, NoteKind]);
    }

    protected async Task<Owner> AcquireAsync(string hive = "h") => new(Store, await Store.AcquireAsync(hive, Make.Time(0), default));
}
