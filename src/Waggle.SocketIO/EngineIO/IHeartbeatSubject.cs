namespace Waggle.SocketIO.EngineIO;

/// <summary>The session whose client a <see cref="HeartbeatTimer"/> pings.</summary>
internal interface IHeartbeatSubject
{
    bool IsClosed { get; }

    void Ping();

    /// <summary>Returns the number of calls since a packet began to wait for its attachments; 0 if no packet waits.</summary>
    int WaitsForAttachments();

    /// <summary>Ends the session on another thread.</summary>
    void CloseSoon(string reason);

    /// <summary>Removes the session, because the time to fetch its last packets has ended.</summary>
    void Forget();
}
