using System.Collections.Concurrent;

namespace Waggle.SocketIO.Recovery;

/// <summary>A socket that is gone and may come back.</summary>
/// <param name="Began">The last kept event of the namespace when it first came.</param>
/// <param name="LastSentOffset">The last kept event that it was sent; if none, where it began.</param>
/// <param name="Left">The last kept event of the namespace when it left.</param>
/// <param name="Until">The timestamp after which it is forgotten.</param>
internal sealed record KeptSession(
    string Pid, string Id, string[] Rooms, ConcurrentDictionary<string, object?>? Data, long Began, long LastSentOffset, long Left, long Until);
