using System.Collections.Concurrent;

namespace Waggle.SocketIO.Recovery;

/// <summary>The state of a socket that has disconnected and may recover.</summary>
/// <param name="Pid">The secret id with which the client recovers it.</param>
/// <param name="Began">The offset of the last kept event of the namespace when the socket first joined.</param>
/// <param name="LastSentOffset">The offset of the last kept event that was sent to the socket; if there was none, <paramref name="Began"/>.</param>
/// <param name="Left">The offset of the last kept event of the namespace when the socket left.</param>
/// <param name="Until">The timestamp after which the session is removed.</param>
internal sealed record KeptSession(
    string Pid, string Id, string[] Rooms, ConcurrentDictionary<string, object?>? Data, long Began, long LastSentOffset, long Left, long Until);
