using System.Text;
using Waggle.Core.Ports;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests;

/// <summary>Short words for opening and filling a store.</summary>
internal static class Stores
{
    public static readonly EntityKind TaskKind = new("task", ["state"]);

    public static SqliteStoreOptions Options(string folder) => new() { Folder = folder, ReserveBytes = 128 * 1024 };

    public static SqliteStore Open(TempFolder folder, params EntityKind[] kinds) =>
        SqliteStore.Open(Options(folder.Path), kinds.Length > 0 ? kinds : [TaskKind], new FakeTime());

    public static SqliteStore Open(SqliteStoreOptions options, TimeProvider time) => SqliteStore.Open(options, [TaskKind], time);

    public static async Task<Tenure> AcquireAsync(this SqliteStore store) => await store.AcquireAsync("h", DateTimeOffset.UnixEpoch, default);

    public static StoredEntity Entity(string id, long seq, int bytes = 10, bool closed = false, params string?[] columns) => new(
        "task", id, seq, closed ? DateTimeOffset.UnixEpoch : null, columns.Length > 0 ? columns : ["pending"], Encoding.UTF8.GetBytes(new string('x', bytes)));

    /// <summary>One commit that makes one entity, named after its offset.</summary>
    public static async Task<Tenure> MakeAsync(this SqliteStore store, Tenure tenure, int bytes = 10, bool closed = false)
    {
        var seq = tenure.Head + 1;
        return await store.CommitAsync(tenure, new CommitBatch([Entity($"t{seq}", seq, bytes, closed)], seq, "log"u8.ToArray(), DateTimeOffset.UnixEpoch), default);
    }

    public static async Task<List<StoredEntity>> LoadAsync(this SqliteStore store, Tenure tenure)
    {
        var loaded = new List<StoredEntity>();
        await foreach (var entity in store.LoadOpenAsync(tenure, default))
            loaded.Add(entity);
        return loaded;
    }

    public static async Task<IReadOnlyList<StoredEntity>> GetAsync(this SqliteStore store, params string[] ids) =>
        await store.GetAsync("h", [.. ids.Select(id => new EntityKey("task", id))], default);
}
