using System.Diagnostics.CodeAnalysis;
using Waggle.Protocol;

namespace Waggle.Core.Ports;

/// <summary>
/// The store of contents that are too large for a record. A content belongs to an owner (a task). Its name is the owner and its SHA-256, so that writing the
/// same content again yields the same blob. Any thread may call it. Every backend passes the one suite in tests/Waggle.Conformance.
/// </summary>
public interface IBlobs
{
    /// <summary>Writes a content durably. Until the call returns, and if it fails, no part of the content is visible.</summary>
    /// <exception cref="BlobTooLargeException">The content has more than <paramref name="limit"/> bytes.</exception>
    /// <exception cref="StoreFullException">There is no room.</exception>
    /// <exception cref="StoreException">The write failed.</exception>
    ValueTask<BlobInfo> WriteAsync(string owner, Stream content, long limit, CancellationToken cancel);

    /// <summary>
    /// Opens the content from its beginning; the caller disposes the stream. The stream can be read to its end even if the blob is deleted meanwhile. Returns
    /// null if there is no such blob.
    /// </summary>
    ValueTask<Stream?> OpenAsync(string id, CancellationToken cancel);

    /// <summary>
    /// Renews the age of a blob, as if it had just been written, for a caller that is about to refer to it. Returns null if there is no such blob.
    /// </summary>
    ValueTask<BlobInfo?> HoldAsync(string id, CancellationToken cancel);

    /// <summary>Lists the blobs that were neither written nor held since the given time, in no set order.</summary>
    IAsyncEnumerable<BlobInfo> ListAsync(DateTimeOffset unusedSince, CancellationToken cancel);

    /// <summary>
    /// Deletes a blob unless it was written or held since the given time, or a backup copies the blobs. Returns whether it deleted the blob.
    /// </summary>
    ValueTask<bool> DeleteAsync(string id, DateTimeOffset unusedSince, CancellationToken cancel);
}

/// <param name="Sha256">The SHA-256 of the content, 64 hexadecimal digits in lower case.</param>
public sealed record BlobInfo(string Owner, string Sha256, long Bytes)
{
    private const int HashLength = 64;
    private const char Separator = '~';

    /// <summary>The owners of memory entries' values begin so. All others are ids of tasks, which never do.</summary>
    internal const string MemoryOwner = "memory-";

    /// <summary>The owner and the hash in one text, as a reference carries it.</summary>
    public string Id => $"{Owner}{Separator}{Sha256}";

    /// <summary>Splits an id into its parts. An owner contains no character with a meaning in a path.</summary>
    public static bool TryParse(string? id, [NotNullWhen(true)] out string? owner, [NotNullWhen(true)] out string? sha256)
    {
        owner = sha256 = null;
        if (id is null || id.Length <= HashLength || id[^(HashLength + 1)] != Separator) return false;
        owner = id[..^(HashLength + 1)];
        sha256 = id[^HashLength..];
        return Ids.IsValid(owner) && sha256.All(char.IsAsciiHexDigitLower);
    }
}

/// <summary>The error of a content beyond the limit. No part of it was kept.</summary>
public sealed class BlobTooLargeException(long limit) : Exception($"A result has at most {limit} bytes.")
{
    public long Limit => limit;
}
