using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>
/// Reserves room for the hub's last writes on a full disk (ends of running tasks, leases). The reserve is a file of its own that the store deletes when the
/// disk is full, and it grows with the database. Rows of filler take its place where a file does not help: in a database of limited size, or on a full disk
/// while the database has free pages inside. Used under the writer's lock only.
/// </summary>
internal sealed class Reserve(SqliteConnection writer, string folder, SqliteStoreOptions options, TimeProvider time)
{
    /// <summary>The reserve of a new database, which is enough for hundreds of ends of tasks.</summary>
    private const long Least = 1024 * 1024;
    private const int ShareOfDatabase = 8;
    private const int Piece = 64 * 1024;
    private const int LeastPart = 16;
    private const int ShareForLog = 4;
    private const int PageSize = 4096;
    private const string SmallCache = "PRAGMA cache_size = -512";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly string _file = FileIn(folder);
    private volatile bool _held;
    private long _lastTry;

    /// <summary>Whether the reserve is complete, so that the store accepts creations. Any thread may read it.</summary>
    public bool Held => _held;

    /// <summary>Whether the next try is due.</summary>
    public bool IsDue => time.GetElapsedTime(Volatile.Read(ref _lastTry)) >= Pause;

    private long Wanted => Math.Clamp(writer.PageCount() * PageSize / ShareOfDatabase, Math.Min(Least, options.ReserveBytes), options.ReserveBytes);

    /// <summary>Releases the room for the next writes.</summary>
    public void Release()
    {
        _held = false;
        Volatile.Write(ref _lastTry, time.GetTimestamp());
        try
        {
            // The file comes first, because removing the rows needs a little room in the write-ahead log.
            DeleteFile(folder);
            DropRows();

            // After its pages moved into the database, the write-ahead log starts again in the room that it has.
            writer.Checkpoint();
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            // There is no room to release; the next commit reports it.
            writer.Rollback();
        }
    }

    /// <summary>Takes the room back, all of it or none.</summary>
    public bool TryTake()
    {
        Volatile.Write(ref _lastTry, time.GetTimestamp());
        try
        {
            var wanted = Wanted;
            if (options.MaxPageCount is not null)
                TakeRows(wanted);
            if (!TakeFile(wanted))
                TakeRows(wanted);
            else if (options.MaxPageCount is null)
                DropRows();
            _held = true;
            return true;
        }
        catch (Exception e) when (e is StoreFullException or IOException or UnauthorizedAccessException)
        {
            Release();
            return false;
        }
    }

    /// <summary>Enlarges the reserve after the database has grown. Without room it stays unchanged.</summary>
    public void Grow()
    {
        if (!_held)
            return;
        try
        {
            var wanted = Wanted;
            using var stream = new FileStream(_file, FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 0);
            if (stream.Length < wanted)
                Fill(stream, wanted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The present reserve is still held.
        }
    }

    public static void DeleteFile(string folder) => File.Delete(FileIn(folder));

    private static string FileIn(string folder) => Path.Combine(folder, "reserve.bin");

    // The content matters only in that it does not compress. The system's generator would load OpenSSL, which costs an idle hub five megabytes.
    private static byte[] Noise()
    {
        var noise = new byte[Piece];
        new Random(Piece).NextBytes(noise);
        return noise;
    }

    private void DropRows()
    {
        if (Rows() > 0)
            writer.Execute("DELETE FROM reserve");
    }

    private long Rows() => writer.ScalarInt64("SELECT count(*) FROM reserve");

    private void TakeRows(long bytes)
    {
        var missing = ((bytes + Piece - 1) / Piece) - Rows();
        if (missing <= 0)
            return;

        // The store never reads the filler again. A small page cache for its write keeps it from staying in memory.
        var filler = Noise();
        var cache = writer.ScalarInt64("PRAGMA cache_size");
        writer.Execute(SmallCache);
        writer.Begin();
        try
        {
            var insert = writer.Cached("INSERT INTO reserve(filler) VALUES(?1)");
            for (; missing > 0; missing--)
            {
                insert.BindBlob(1, filler);
                insert.Run();
            }

            insert.BindNull(1);
            writer.Commit();
        }
        catch
        {
            writer.Rollback();
            throw;
        }
        finally
        {
            writer.Execute($"PRAGMA cache_size = {cache}");
        }
    }

    /// <summary>
    /// Writes the file of the reserve. Returns false if the disk is full, but the database has as much free room inside and a small file fits beside it.
    /// </summary>
    private bool TakeFile(long bytes)
    {
        if (bytes == 0 || (File.Exists(_file) && new FileInfo(_file).Length >= bytes))
            return true;

        using var stream = new FileStream(_file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            Fill(stream, bytes);
            if (FreeOnDisk() < bytes / ShareForLog)
                throw new IOException("There is no space for the write-ahead log and the reserve.");
            return true;
        }
        catch (IOException) when (stream.Length >= bytes / LeastPart && FreeBytesInside() + (Rows() * Piece) >= bytes)
        {
            // The database never shrinks, so after pruning, the room of a disk that the database fills is inside the database.
            stream.SetLength(bytes / LeastPart);
            return false;
        }
    }

    private long FreeOnDisk() => new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;

    private long FreeBytesInside() => writer.ScalarInt64("PRAGMA freelist_count") * PageSize;

    // The file is written with noise and not only sized, because a hole or a compressed block reserves no room.
    private static void Fill(FileStream stream, long bytes)
    {
        var filler = Noise();
        stream.Position = stream.Length;
        for (var left = bytes - stream.Length; left > 0; left -= Piece)
            stream.Write(filler, 0, (int)Math.Min(Piece, left));
        stream.Flush(flushToDisk: true);
    }
}
