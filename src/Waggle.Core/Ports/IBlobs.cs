using System.Diagnostics.CodeAnalysis;
using Waggle.Protocol;

namespace Waggle.Core.Ports;

/// <summary>
/// Where contents lie that are too large for a record. A content belongs to an owner (a task) and is named by it and by its SHA-256, so the same content
/// written again is the same blob. Any thread may call. Every backend passes the one suite in tests/Waggle.Conformance.
/// </summary>
public interface IBlobs
{
    /// <summary>Durable when it returns; before that, and where it fails, nothing of it is there.</summary>
    /// <exception cref="BlobTooLargeException">The content has more than <paramref name="limit"/> bytes.</exception>
    /// <exception cref="StoreFullException">No room.</exception>
    /// <exception cref="StoreException">It failed.</exception>
    ValueTask<BlobInfo> WriteAsync(string owner, Stream content, long limit, CancellationToken cancel);

    /// <summary>
    /// The content from its beginning, to be disposed; it can be read to its end even if the blob is deleted meanwhile. Null: there is no such blob.
    /// </summary>
    ValueTask<Stream?> OpenAsync(string id, CancellationToken cancel);

    /// <summary>Makes it as young as one just written, for somebody who is about to refer to it. Null: there is no such blob.</summary>
    ValueTask<BlobInfo?> HoldAsync(string id, CancellationToken cancel);

    /// <summary>The blobs that were neither written nor held since, in no set order.</summary>
    IAsyncEnumerable<BlobInfo> ListAsync(DateTimeOffset unusedSince, CancellationToken cancel);

    /// <summary>Deletes it unless it was written or held since. Whether it did.</summary>
    ValueTask<bool> DeleteAsync(string id, DateTimeOffset unusedSince, CancellationToken cancel);
}

/// <param name="Sha256">Of the content, 64 hexadecimal digits in lower case.</param>
public sealed record BlobInfo(string Owner, string Sha256, long Bytes)
{
    private const int HashLength = 64;
    private const char Separator = '~';

    /// <summary>Owner and hash in one: what a reference carries.</summary>
    public string Id => $"{Owner}{Separator}{Sha256}";

    /// <summary>Takes an id apart. An owner has no character that means something in a path.</summary>
    public static bool TryParse(string? id, [NotNullWhen(true)] out string? owner, [NotNullWhen(true)] out string? sha256)
    {
        owner = sha256 = null;
        if (id is null || id.Length <= HashLength || id[^(HashLength + 1)] != Separator) return false;
        owner = id[..^(HashLength + 1)];
        sha256 = id[^HashLength..];
        return Ids.IsValid(owner) && sha256.All(char.IsAsciiHexDigitLower);
    }
}

/// <summary>More than the limit; nothing was kept.</summary>
public sealed class BlobTooLargeException(long limit) : Exception($"A result has at most {limit} bytes.")
{
    public long Limit => limit;
}
