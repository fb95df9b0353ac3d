using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Waggle.Core.Access;

namespace Waggle.Server.Auth;

/// <summary>
/// Caches valid tokens by their hashes, because a signature costs more than the rest of a small request. An entry is valid until its token expires, and only
/// while the keys are those that verified it. Bounded; thread-safe.
/// </summary>
internal sealed class VerifiedTokens(int capacity = 4096)
{
    private readonly ConcurrentDictionary<Digest, Entry> _known = new();

    public Credential? Find(string token, object? keys, DateTimeOffset now)
    {
        var digest = Digest.Of(token);
        if (!_known.TryGetValue(digest, out var entry)) return null;
        if (ReferenceEquals(entry.Keys, keys) && now < entry.Credential.EndsAt) return entry.Credential;
        _known.TryRemove(digest, out _);
        return null;
    }

    public void Add(string token, object? keys, Credential credential)
    {
        // A token in use returns with its next request.
        if (_known.Count >= capacity) _known.Clear();
        _known[Digest.Of(token)] = new(keys, credential);
    }

    private sealed record Entry(object? Keys, Credential Credential);

    private readonly record struct Digest(UInt128 First, UInt128 Second)
    {
        public static Digest Of(string token)
        {
            Span<Digest> digest = stackalloc Digest[1];
            SHA256.HashData(MemoryMarshal.AsBytes(token.AsSpan()), MemoryMarshal.AsBytes(digest));
            return digest[0];
        }
    }
}
