using System.Buffers;
using System.Security.Cryptography;
using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Storage.Sqlite.Blobs;

/// <summary>
/// Stores blobs as files of the data folder, each named by its id. A content is written under another name, synced and renamed, so a file whose name is an id
/// is complete. The time of the file is the time when its blob was last written or held. The lock of the folder belongs to the store, so open this while the
/// store is open.
/// </summary>
public sealed class FolderBlobs : IBlobs
{
    public const string FolderName = "blobs";

    private const string Unfinished = ".part";
    private const int BufferBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly string _data;
    private readonly string _folder;
    private readonly bool _syncs;
    private readonly TimeProvider _time;

    private FolderBlobs(string data, bool syncs, TimeProvider time)
    {
        _data = data;
        _folder = Path.Combine(data, FolderName);
        _syncs = syncs;
        _time = time;
    }

    /// <summary>Creates the folder if it does not exist, and removes incomplete files of a hub that was killed.</summary>
    /// <exception cref="StoreException">The folder cannot be used.</exception>
    public static FolderBlobs Open(SqliteStoreOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        var folder = Path.Combine(options.Folder, FolderName);
        try
        {
            FileRights.CreateFolder(folder);
            BackupLock.Create(options.Folder);
            foreach (var left in Directory.EnumerateFiles(folder, "*" + Unfinished)) File.Delete(left);
            if (options.Synchronous == SqliteSynchronous.Full) FolderSync.Sync(options.Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The folder {folder} cannot be used: {e.Message} Check the path and the rights of the hub's user.", e);
        }

        return new FolderBlobs(options.Folder, options.Synchronous == SqliteSynchronous.Full, time);
    }

    public async ValueTask<BlobInfo> WriteAsync(string owner, Stream content, long limit, CancellationToken cancel)
    {
        if (!Ids.IsValid(owner)) throw new ArgumentException(Ids.Rule("owner", owner), nameof(owner));
        ArgumentNullException.ThrowIfNull(content);
        var part = Path.Combine(_folder, $"{RandomId.Hex(16)}{Unfinished}");
        try
        {
            var (bytes, sha256) = await FillAsync(part, content, limit, cancel);
            var made = new BlobInfo(owner, sha256, bytes);
            Try(() => Keep(part, made.Id));
            return made;
        }
        finally
        {
            Try(() => File.Delete(part));
        }
    }

    public ValueTask<Stream?> OpenAsync(string id, CancellationToken cancel)
    {
        try
        {
            return new(PathOf(id) is not { } path ? null : new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes, FileOptions.Asynchronous | FileOptions.SequentialScan));
        }
        catch (FileNotFoundException)
        {
            return new((Stream?)null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    public ValueTask<BlobInfo?> HoldAsync(string id, CancellationToken cancel)
    {
        if (PathOf(id) is not { } path) return new((BlobInfo?)null);
        lock (_gate)
        {
            if (!File.Exists(path)) return new((BlobInfo?)null);
            Try(() => Touch(path));
            return new(InfoOf(new FileInfo(path)));
        }
    }

    public IAsyncEnumerable<BlobInfo> ListAsync(DateTimeOffset unusedSince, CancellationToken cancel) =>
        new DirectoryInfo(_folder).EnumerateFiles()
            .Where(f => f.LastWriteTimeUtc < unusedSince.UtcDateTime).Select(InfoOf).OfType<BlobInfo>().ToAsyncEnumerable();

    public ValueTask<bool> DeleteAsync(string id, DateTimeOffset unusedSince, CancellationToken cancel)
    {
        if (PathOf(id) is not { } path) return new(false);

        // A caller that holds the blob does so before or after the deletion, and not between the check and the deletion.
        lock (_gate)
        {
            if (!File.Exists(path) || File.GetLastWriteTimeUtc(path) >= unusedSince.UtcDateTime) return new(false);

            // A backup that begins after this look makes its snapshot later, and that does not refer to the blob.
            if (Try(() => BackupLock.IsHeld(_data))) return new(false);
            Try(() => File.Delete(path));
            return new(true);
        }
    }

    private static BlobInfo? InfoOf(FileInfo file) =>
        BlobInfo.TryParse(file.Name, out var owner, out var sha256) ? new BlobInfo(owner, sha256, file.Length) : null;

    private async Task<(long Bytes, string Sha256)> FillAsync(string part, Stream content, long limit, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = Try(() => File.OpenHandle(part, FileMode.CreateNew, FileAccess.Write));
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        long written = 0;
        try
        {
            // A read error is the fault of the sender and not of the disk; only write errors are the store's.
            while (await content.ReadAsync(buffer, cancel) is > 0 and var count)
            {
                if (written + count > limit) throw new BlobTooLargeException(limit);
                hash.AppendData(buffer, 0, count);
                Try(() => RandomAccess.Write(file, buffer.AsSpan(0, count), written));
                written += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (_syncs) Try(() => RandomAccess.FlushToDisk(file));
        return (written, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private void Keep(string part, string id)
    {
        lock (_gate)
        {
            Touch(part);
            File.Move(part, Path.Combine(_folder, id), overwrite: true);
        }

        if (_syncs) FolderSync.Sync(_folder);
    }

    private void Touch(string path) => File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);

    private string? PathOf(string id) => BlobInfo.TryParse(id, out _, out _) ? Path.Combine(_folder, id) : null;

    private void Try(Action work) => Try(() =>
    {
        work();
        return true;
    });

    private T Try<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    // ENOSPC and EDQUOT; ERROR_DISK_FULL on Windows.
    private StoreException Failed(Exception e) => e.HResult is 28 or 122 or unchecked((int)0x80070070)
        ? new StoreFullException($"The folder {_folder} cannot take it: the disk is full. Free space or shorten the retention.", e)
        : new StoreException($"The folder {_folder} cannot be used: {e.Message} Check the rights of the hub's user.", e);
}
