using System.Collections.Concurrent;

namespace Waggle.Core.Kernel;

/// <summary>The tokens that were revoked before their expiry, by their ids (<c>jti</c>). The hive changes the set; any thread reads it. Thread-safe.</summary>
public sealed class RevokedTokens
{
    private readonly ConcurrentDictionary<string, byte> _revoked = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<Watch>> _watches = new(StringComparer.Ordinal);

    /// <summary>Returns whether a token is revoked. A token without an id cannot be revoked.</summary>
    public bool Contains(string? tokenId) => tokenId is not null && !_revoked.IsEmpty && _revoked.ContainsKey(tokenId);

    /// <summary>Calls back once when a token is revoked, or at once if it is revoked already.</summary>
    /// <returns>The watch; its end forgets the callback.</returns>
    public IDisposable OnRevoked(string tokenId, Action callback)
    {
        var watch = new Watch(this, tokenId, callback);
        lock (_lock)
        {
            if (!_watches.TryGetValue(tokenId, out var watches)) _watches[tokenId] = watches = [];
            watches.Add(watch);
        }

        if (Contains(tokenId)) watch.Call();
        return watch;
    }

    internal void Add(string tokenId)
    {
        _revoked[tokenId] = 0;
        Watch[] watches;
        lock (_lock) watches = _watches.TryGetValue(tokenId, out var found) ? [.. found] : [];
        foreach (var watch in watches) watch.Call();
    }

    /// <summary>Forgets a token that has expired, so that no list is needed to refuse it.</summary>
    internal void Remove(string tokenId) => _revoked.TryRemove(tokenId, out _);

    private sealed class Watch(RevokedTokens owner, string tokenId, Action callback) : IDisposable
    {
        private int _called;

        public void Call()
        {
            if (Interlocked.Exchange(ref _called, 1) == 0) callback();
        }

        public void Dispose()
        {
            lock (owner._lock)
            {
                if (!owner._watches.TryGetValue(tokenId, out var watches)) return;
                watches.Remove(this);
                if (watches.Count == 0) owner._watches.Remove(tokenId);
            }
        }
    }
}
