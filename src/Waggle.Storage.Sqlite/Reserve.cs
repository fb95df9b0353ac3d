using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>
/// Room for the hub's last writes on a full disk (ends of running tasks, leases), in two halves because either may be what is short: rows of filler, which give pages back inside the
/// database, and a file of its own, which gives the write-ahead log room to grow. Used under the writer's lock only.
/// </summary>
internal sealed class Reserve(Connection writer, string folder, long bytes, TimeProvider time)
{
    private const int Piece = 64 * 1024;
    private const int LeastPart = 16;
    private const int PageSize = 4096;
    private const string SmallCache = "PRAGMA cache_size = -512";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly string _file = FileIn(folder);
    private volatile bool _held;
    private long _lastTry;

    /// <summary>Whether all of it is there: whether creations are welcome. Read from any thread.</summary>
    public bool Held => _held;

    /// <summary>Whether the next try is due.</summary>
    public bool IsDue => time.GetElapsedTime(Volatile.Read(ref _lastTry)) >= Pause;

    /// <summary>Gives the room to whoever writes next.</summary>
    public void Release()
    {
        _held = false;
        Volatile.Write(ref _lastTry, time.GetTimestamp());
        try
        {
            // The file first: removing the rows needs a little of the write-ahead log.
            DeleteFile(folder);
            writer.Execute("DELETE FROM reserve");

            // Emptied into the database, the write-ahead log begins anew in the room it already has.
            writer.Checkpoint();
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            // Nothing to give then; the next commit tells.
            writer.Rollback();
        }
    }

    /// <summary>Takes the room back, all of it or none.</summary>
    public bool TryTake()
    {
        Volatile.Write(ref _lastTry, time.GetTimestamp());
        try
        {
            TakeRows();
            TakeFile();
            _held = true;
            return true;
        }
        catch (Exception e) when (e is StoreFullException or IOException or UnauthorizedAccessException)
        {
            Release();
            return false;
        }
    }

    public static void DeleteFile(string folder) => File.Delete(FileIn(folder));

    private static string FileIn(string folder) => Path.Combine(folder, "reserve.bin");

    // Nothing depends on what it is but that it does not compress; the system's generator would load OpenSSL, five megabytes of an idle hub.
    private static byte[] Noise()
    {
        var noise = new byte[Piece];
        new Random(Piece).NextBytes(noise);
        return noise;
    }

    private void TakeRows()
    {
        var wanted = (bytes + Piece - 1) / Piece;
        var present = writer.Cached("SELECT count(*) FROM reserve");
        present.Step();
        var missing = wanted - present.Int64(0);
        present.Reset();
        if (missing <= 0)
            return;

        // Nobody reads the filler again: it is written through a small page cache, so that it does not stay in memory.
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

    private void TakeFile()
    {
        if (bytes == 0 || (File.Exists(_file) && new FileInfo(_file).Length >= bytes))
            return;

        // Written, not only sized, and with noise: a hole or a compressed block is no reserve.
        var filler = Noise();
        using var stream = new FileStream(_file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            for (var left = bytes; left > 0; left -= Piece)
                stream.Write(filler, 0, (int)Math.Min(Piece, left));
        }
        catch (IOException) when (stream.Length >= bytes / LeastPart && writer.ScalarInt64("PRAGMA freelist_count") * PageSize >= bytes)
        {
            // The database never shrinks: after pruning, a disk that it fills has its room inside the database. A little beside it does then.
            stream.SetLength(bytes / LeastPart);
        }

        stream.Flush(flushToDisk: true);
    }
}
