namespace Waggle.SocketIO.Recovery;

/// <summary>The request of a client to recover its session.</summary>
/// <param name="Pid">The secret id of the session; null if the client requests no recovery.</param>
/// <param name="Offset">The offset of the last event that the client received; null if it received none.</param>
internal readonly record struct Claim(string? Pid, string? Offset)
{
    public bool IsMade => Pid is not null;

    /// <summary>Gets the session that was kept for the client; null if there is none.</summary>
    public KeptSession? Session { get; init; }
}
