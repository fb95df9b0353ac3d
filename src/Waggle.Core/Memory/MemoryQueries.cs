using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Memory;

/// <summary>Reads an entry with its value.</summary>
public sealed record GetMemory(string Namespace, string Key, string? Swarm = null) : Query<MemoryView>
{
    internal override async Task<Outcome<MemoryView>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (MemoryRules.Refusal(By, Permissions.ReadMemory, Swarm, Namespace, Key) is { } refusal) return new(null, refusal, reader.Head);
        var last = 0L;
        while (true)
        {
            var head = reader.Head;
            var (entry, damaged) = await FindAsync(reader, cancel);
            if (damaged) return new(null, new(ErrorCodes.Internal, $"The entry '{Key}' is damaged in the hub's store; the hub's log has the details."), head);
            MemoryMetrics.Of(reader.Metrics).Got(entry is not null);
            if (entry is null) return new(null, MemoryRules.Missing(Swarm, Namespace, Key), head);
            if (await MemoryContent.ReadAsync(entry, reader.Blobs, cancel) is { } value) return new(MemoryViews.Of(entry, value), null, head);

            // A put may have replaced the entry after the read; the new version then has another blob.
            if (entry.Version == last) return new(null, Missing(reader, entry), head);
            last = entry.Version;
        }
    }

    private Error Missing(HiveReader reader, MemoryEntity entry)
    {
        reader.LogMissingValue(MemoryEntity.Entity.Name, entry.Id, entry.Blob!);
        return new(ErrorCodes.BlobMissing, $"The value of entry '{Key}' is missing or damaged in the hub's data folder.");
    }

    private async Task<(MemoryEntity? Entry, bool Damaged)> FindAsync(HiveReader reader, CancellationToken cancel)
    {
        var stored = await reader.GetAsync([MemoryEntity.KeyOf(Swarm, Namespace, Key)], cancel);
        if (stored.Count == 0) return (null, false);
        if (reader.Parse(stored[0], MemoryFeature.Entries) is not { } entry) return (null, true);
        return (entry.HasExpired(reader.Now) ? null : entry, false);
    }
}

/// <summary>Lists the entries of a namespace by key, without their values.</summary>
/// <param name="Prefix">The prefix of the keys to list.</param>
/// <param name="Cursor">The cursor of the previous page: its last key.</param>
public sealed record ListMemory(string Namespace, string? Prefix = null, string? Swarm = null, string? Cursor = null, int Limit = 100) : Query<MemoryPage>
{
    internal override async Task<Outcome<MemoryPage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (MemoryRules.Refusal(By, Permissions.ReadMemory, Swarm, Namespace) is { } refusal) return new(null, refusal, reader.Head);
        if ((MemoryPages.Problem(Limit) ?? NameProblem()) is { } problem) return new(null, problem, reader.Head);
        var keys = MemoryEntity.IdOf(Swarm, Namespace, "");
        var from = Cursor is null ? keys + Prefix : MemoryPages.After(keys + Cursor);
        var now = reader.Now;
        var page = await MemoryPages.ReadAsync(
            reader, MemoryFeature.Entries, from, MemoryPages.EndOf(keys + Prefix), Limit, null, e => e.Key, cancel);
        return new(new MemoryPage([.. page.Found.Where(e => !e.HasExpired(now)).Select(MemoryViews.Of)], page.Cursor), null, page.At);
    }

    // A prefix and a cursor are a key or the beginning of one.
    private Error? NameProblem() => (string.IsNullOrEmpty(Prefix) ? null : MemoryRules.Name("prefix", Prefix))
        ?? (Cursor is null || Ids.IsValid(Cursor) ? null : MemoryPages.BadCursor);
}

/// <summary>Lists the namespaces that the principal reaches, with their counters, by swarm and name. The shared ones come first.</summary>
/// <param name="Swarm">The only swarm to list; null for all.</param>
public sealed record ListMemoryNamespaces(string? Swarm = null, string? Cursor = null, int Limit = 100) : Query<MemoryNamespacePage>
{
    internal override async Task<Outcome<MemoryNamespacePage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (Problem() is { } problem) return new(null, problem, reader.Head);
        var swarm = Swarm is null ? "" : $"{Swarm}/";
        var from = Cursor is null ? swarm : MemoryPages.After(Cursor);
        bool Sees(MemoryNamespaceEntity ns) => MemoryRules.OutOfReach(By, ns.Swarm, ns.Namespace) is null;
        var page = await MemoryPages.ReadAsync(reader, MemoryFeature.Namespaces, from, MemoryPages.EndOf(swarm), Limit, Sees, n => n.Id, cancel);
        return new(new MemoryNamespacePage([.. page.Found.Select(MemoryViews.Of)], page.Cursor), null, page.At);
    }

    private Error? Problem()
    {
        if (!By.Allowed(Permissions.ReadMemory)) return new(ErrorCodes.Forbidden, By.Missing(Permissions.ReadMemory));
        if (Swarm is not null && !By.Reaches(Swarm)) return new(ErrorCodes.Forbidden, By.OutOfReach(Swarm));
        return (Swarm is null ? null : MemoryRules.Name("swarm", Swarm)) ?? MemoryPages.Problem(Limit)
            ?? (Cursor?.Length > 2 * Ids.MaxLength + 1 ? MemoryPages.BadCursor : null);
    }
}
