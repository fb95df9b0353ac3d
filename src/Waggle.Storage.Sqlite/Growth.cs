namespace Waggle.Storage.Sqlite;

/// <summary>
/// Extends the database file to the length that its pages need before they are committed. A checkpoint moves pages from the write-ahead log into the file. It
/// thus never needs room that a full disk lacks, and the log starts again in the room that it has. Used under the writer's lock only.
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

    /// <summary>Allocates room for a transaction that is about to be committed. The caller is within that transaction.</summary>
    /// <param name="ahead">Whether to allocate more than the transaction needs, which saves calls while there is room.</param>
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

    /// <summary>Resets the allocation after a checkpoint, which truncates the file to the last page.</summary>
    public void Forget() => _allocated = 0;
}
