namespace Waggle.Storage.Sqlite;

/// <summary>
/// Keeps the database file as long as its pages need it, before they are committed. So a checkpoint, which moves pages from the write-ahead log into the
/// file, never needs room that a full disk does not have, and the log begins anew in the room that it has. Used under the writer's lock only.
/// </summary>
internal sealed class Growth
{
    private const int Chunk = 64 * 1024;
    private const int Most = 1024 * 1024;
    private const int Share = 16;
    private const int PageSize = 4096;

    private readonly SqliteConnection _writer;
    private long _allocated;

    public Growth(SqliteConnection writer)
    {
        _writer = writer;
        writer.SetChunkSize(Chunk);
    }

    /// <summary>Within a transaction that is about to be committed.</summary>
    /// <param name="ahead">Allocate more than is needed now: the fewer calls while there is room.</param>
    /// <exception cref="Core.Ports.StoreFullException">The disk has no room for the pages of this transaction.</exception>
    public void Prepare(bool ahead)
    {
        var needed = _writer.PageCount() * PageSize;
        if (needed <= _allocated)
            return;

        var wanted = ahead ? needed + Math.Min(Most, needed / Share) : needed;
        try
        {
            _writer.Allocate(wanted);
        }
        catch (Core.Ports.StoreException) when (wanted > needed)
        {
            wanted = needed;
            _writer.Allocate(wanted);
        }

        _allocated = wanted;
    }

    /// <summary>After a checkpoint: it cuts off what is allocated beyond the last page.</summary>
    public void Forget() => _allocated = 0;
}
