using Waggle.Core.Kernel;
using Waggle.Core.Memory;
using Waggle.Core.Ports;

namespace Waggle.Core.Search;

/// <summary>Reads memory entries from the store for the index.</summary>
internal sealed class EntrySource(HiveReader reader)
{
    // A row has at most the bytes of a value that is not in a blob.
    private const int Slice = 32;

    /// <summary>Reads the current version of entries. An entry that does not exist, has expired or is damaged is absent.</summary>
    public async Task<Dictionary<string, IndexEntry>> ReadAsync(IReadOnlyCollection<string> ids, CancellationToken cancel)
    {
        var found = new Dictionary<string, IndexEntry>(ids.Count, StringComparer.Ordinal);
        foreach (var slice in ids.Chunk(Slice))
        {
            foreach (var stored in await reader.GetAsync([.. slice.Select(id => new EntityKey(MemoryEntity.Entity.Name, id))], cancel))
            {
                if (await EntryOfAsync(stored, cancel) is { } entry) found[entry.Id] = entry;
            }
        }

        return found;
    }

    /// <summary>Reads the entries that follow an id in the order of ids.</summary>
    /// <returns>The entries, and the id of the last row that was read; null at the end.</returns>
    public async Task<(IReadOnlyList<IndexEntry> Entries, string? Last)> PageAsync(string? after, CancellationToken cancel)
    {
        var from = after is null ? "" : MemoryPages.After(after);
        var page = await reader.RangeAsync(new EntityRange(MemoryEntity.Entity.Name, null, from, null, Slice), cancel);
        var entries = new List<IndexEntry>(page.Entities.Count);
        foreach (var stored in page.Entities)
        {
            if (await EntryOfAsync(stored, cancel) is { } entry) entries.Add(entry);
        }

        return (entries, page.Entities.Count > 0 ? page.Entities[^1].Id : null);
    }

    public Task<long> CountAsync(CancellationToken cancel) =>
        reader.CountAsync(new EntityQuery(MemoryEntity.Entity.Name, new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)), cancel);

    private async Task<IndexEntry?> EntryOfAsync(StoredEntity stored, CancellationToken cancel)
    {
        if (reader.Parse(stored, MemoryFeature.Entries) is not { } entry || entry.HasExpired(reader.Now)) return null;

        // A value whose file is missing is indexed by its key and metadata; a reader of it learns that it is missing.
        var value = await MemoryContent.ReadAsync(entry, reader.Blobs, cancel);
        var text = EntryText.Of(value ?? default);
        return new IndexEntry(
            entry.Id, MemoryNamespaceEntity.IdOf(entry.Swarm, entry.Namespace), entry.Version, entry.ExpiresAt, entry.Key, text, EntryText.Of(entry.Metadata));
    }
}
