namespace Waggle.SocketIO.EngineIO;

/// <summary>The session whose client a <see cref="HeartbeatTimer"/> pings.</summary>
internal interface IHeartbeatSubject
{
    bool IsClosed { get; }

    void Ping();

    /// <summary>The number of calls since a packet waits for its attachments; 0: none does.</summary>
    int WaitsForAttachments();

    /// <summary>Closes it on another thread.</summary>
    void CloseSoon(string reason);

    /// <summary>The time in which the client could fetch the last packet is over.</summary>
    void Forget();
}
