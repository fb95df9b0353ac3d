namespace Waggle.SocketIO.Recovery;

/// <summary>What a client that comes back says: whose session, and what it saw last.</summary>
internal readonly record struct Claim(string? Pid, string? Offset)
{
    public bool IsMade => Pid is not null;

    /// <summary>What was kept for it.</summary>
    public KeptSession? Session { get; init; }
}
