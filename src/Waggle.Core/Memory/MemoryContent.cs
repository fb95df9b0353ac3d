using System.Security.Cryptography;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Core.Memory;

/// <summary>
/// The value of an entry: in the row, or as a reference to a durable blob. It is measured and stored before the owner's loop, which never waits for that.
/// </summary>
internal sealed record MemoryContent(RawJson Inline, long Bytes, string Sha256, string? Blob)
{
    public static MemoryContent Of(RawJson value) =>
        new(value, value.Utf8.Length, Convert.ToHexStringLower(SHA256.HashData(value.Utf8.Span)), null);

    /// <summary>Whether the value is too long for a row.</summary>
    public static bool IsLong(RawJson value) => value.Utf8.Length > Limits.MaxRecordedResultBytes;

    public static async ValueTask<(MemoryContent? Content, Error? Problem)> KeepAsync(PutMemory put, IBlobs? blobs, CancellationToken cancel)
    {
        var value = put.Value;
        if (blobs is null || !IsLong(value)) return (Of(value), null);
        try
        {
            await ThreadPoolSwitch.Switch();
            using var content = new MemoryStream(value.Utf8.ToArray(), writable: false);
            var blob = await blobs.WriteAsync(OwnerOf(put), content, content.Length, cancel);
            return (new MemoryContent(default, blob.Bytes, blob.Sha256, blob.Id), null);
        }
        catch (StoreFullException e)
        {
            return (null, new(ErrorCodes.StoreFull, $"The hub has no space for the value: {e.ForClients}", 1000));
        }
        catch (StoreException e)
        {
            return (null, new(ErrorCodes.StoreUnavailable, $"The value could not be stored: {e.ForClients}", 1000));
        }
    }

    /// <summary>Returns the value of an entry; null if its blob is missing or is not the content that was put.</summary>
    public static async ValueTask<RawJson?> ReadAsync(MemoryEntity entry, IBlobs? blobs, CancellationToken cancel)
    {
        if (entry.Blob is not { } id) return entry.Value;
        if (blobs is null) return null;
        await using var content = await blobs.OpenAsync(id, cancel);
        if (content is null || content.Length != entry.Bytes) return null;
        var text = new byte[content.Length];
        await content.ReadExactlyAsync(text, cancel);

        // The value goes into frames as it is, so a damaged file could break them.
        return Convert.ToHexStringLower(SHA256.HashData(text)) == entry.Sha256 ? RawJson.FromTrusted(text) : null;
    }

    private static string OwnerOf(PutMemory put) => IdempotentId.Of("memory", put.Swarm ?? "", put.Namespace, put.Key);
}
