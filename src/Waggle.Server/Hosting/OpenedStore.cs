using System.Diagnostics.Metrics;
using Waggle.Core.Ports;
using Waggle.Server.Auth;
using Waggle.Storage.Postgres;
using Waggle.Storage.Sqlite;
using Waggle.Storage.Sqlite.Blobs;
using Waggle.Storage.Sqlite.Search;

namespace Waggle.Server.Hosting;

/// <summary>The parts of a hub that keep its data, as its options choose them.</summary>
/// <param name="MeasureWith">Makes the store measure, unless <see cref="HubTelemetry"/> does.</param>
internal sealed record OpenedStore(IStore Store, IBlobs Blobs, SearchParts Search, Action<Meter>? MeasureWith)
{
    public const string MeterName = SqliteStore.MeterName;

    private const string KeyName = "token-key";

    public static OpenedStore Sqlite(WaggleServerOptions options)
    {
        var sqlite = options.Sqlite ?? new SqliteStoreOptions { Folder = options.DataFolder };
        var store = SqliteStore.Open(sqlite, Core.Hives.Hive.Kinds, options.Time);
        return new(store, FolderBlobs.Open(sqlite, options.Time), SearchIn(sqlite.Folder, options), null);
    }

    /// <summary>Opens the database. A hub that does not use it never calls this, and never loads its libraries.</summary>
    public static async Task<OpenedStore> PostgresAsync(WaggleServerOptions options, CancellationToken cancel)
    {
        var store = await PostgresStore.OpenAsync(options.Postgres!, Core.Hives.Hive.Kinds, options.Time, cancel);
        try
        {
            CreateFolder(options.DataFolder);
            if (options.Auth.Tokens) await ShareKeyAsync(store, options.DataFolder, cancel);
            return new(store, store.Blobs, SearchIn(options.DataFolder, options), store.MeasureWith);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    // The indexes hold nothing that the store does not have, so each hub has its own.
    private static SearchParts SearchIn(string folder, WaggleServerOptions options) =>
        new(SqliteSearchIndex.In(folder)) { Embedder = options.Embedder, Tasks = SqliteTaskIndex.In(folder) };

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    // A token must stay good wherever the hive is served next.
    private static async Task ShareKeyAsync(PostgresStore store, string folder, CancellationToken cancel)
    {
        var path = Path.Combine(folder, HubSigningKey.FileName);
        var stored = await store.ShareAsync(KeyName, null, cancel);
        if (stored is not null && !File.Exists(path)) HubSigningKey.Put(path, stored);
        HubSigningKey.LoadOrCreate(folder);
        var own = await File.ReadAllBytesAsync(path, cancel);
        stored ??= await store.ShareAsync(KeyName, own, cancel);
        if (own.AsSpan().SequenceEqual(stored)) return;
        throw new IOException(
            $"The signing key {path} is not the one in the database, so other hubs would refuse the tokens of this one. Move the file away, and the hub takes "
                + "the key of the database; tokens of the file's key are then refused.");
    }
}
