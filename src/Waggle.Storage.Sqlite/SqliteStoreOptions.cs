namespace Waggle.Storage.Sqlite;

/// <summary>What a commit waits for.</summary>
public enum SqliteSynchronous
{
    /// <summary>The disk has it: an acknowledged commit survives a power cut.</summary>
    Full,

    /// <summary>The operating system has it: survives the end of the process; a power cut may take the last moments, never consistency.</summary>
    Normal,
}

public sealed record SqliteStoreOptions
{
    /// <summary>Holds <c>waggle.db</c> and its companions. One hub at a time.</summary>
    public required string Folder { get; init; }

    public SqliteSynchronous Synchronous { get; init; } = SqliteSynchronous.Full;

    /// <summary>
    /// The most room kept for the hub's own last writes on a full disk. A new database has 1 MiB, and an eighth of its size when it grows. 0: none.
    /// </summary>
    public long ReserveBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The most pages of 4 KiB that the database may have; null for no limit but the disk's.</summary>
    public long? MaxPageCount { get; init; }

    /// <summary>Page cache of the one writer.</summary>
    public int CacheKiB { get; init; } = 32 * 1024;

    /// <summary>Page cache of each reader.</summary>
    public int ReaderCacheKiB { get; init; } = 4 * 1024;

    /// <summary>Connections that read at the same time; more readers wait for one.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>
    /// Pages in the write-ahead log before they are copied into the database: larger writes each page less often, smaller stalls a commit for less.
    /// </summary>
    public int CheckpointPages { get; init; } = 8192;

    /// <summary>How long to wait for another program that has the database open (a backup, the sqlite3 shell).</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
