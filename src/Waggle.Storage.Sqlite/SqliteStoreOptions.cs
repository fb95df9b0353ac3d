namespace Waggle.Storage.Sqlite;

/// <summary>The durability that a commit waits for.</summary>
public enum SqliteSynchronous
{
    /// <summary>The commit waits for the disk, so an acknowledged commit survives a power cut.</summary>
    Full,

    /// <summary>
    /// The commit waits for the operating system, so it survives the end of the process. A power cut may lose the last moments and never breaks consistency.
    /// </summary>
    Normal,
}

public sealed record SqliteStoreOptions
{
    /// <summary>The folder that holds <c>waggle.db</c> and its companions. One hub at a time may use it.</summary>
    public required string Folder { get; init; }

    public SqliteSynchronous Synchronous { get; init; } = SqliteSynchronous.Full;

    /// <summary>
    /// The greatest reserve in bytes for the hub's own last writes on a full disk. A new database reserves 1 MiB, and an eighth of its size as it grows. 0
    /// reserves nothing.
    /// </summary>
    public long ReserveBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The greatest number of pages of 4 KiB in the database; null leaves only the limit of the disk.</summary>
    public long? MaxPageCount { get; init; }

    /// <summary>The size of the writer's page cache, in KiB.</summary>
    public int CacheKiB { get; init; } = 32 * 1024;

    /// <summary>The size of each reader's page cache, in KiB.</summary>
    public int ReaderCacheKiB { get; init; } = 4 * 1024;

    /// <summary>The number of connections that read at the same time; further readers wait for one.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>
    /// The number of pages in the write-ahead log before the store copies them into the database. A larger number writes each page less often; a smaller one
    /// delays a commit for less time.
    /// </summary>
    public int CheckpointPages { get; init; } = 8192;

    /// <summary>The time to wait for another program that has the database open (a backup, the sqlite3 shell).</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
