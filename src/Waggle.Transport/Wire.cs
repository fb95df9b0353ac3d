namespace Waggle.Transport;

public enum WireMessageKind
{
    Text,
    Binary,

    /// <summary>The other side is done, or the connection broke.</summary>
    Closed,

    /// <summary>Larger than the wire takes; nothing of it was kept, and the next receive goes on behind it.</summary>
    TooBig,
}

/// <param name="Payload">Valid until the next receive.</param>
public readonly record struct WireMessage(WireMessageKind Kind, ReadOnlyMemory<byte> Payload);

/// <summary>
/// One connection that carries whole messages. It moves bytes and knows nothing of what they mean.
/// One reader and one writer at a time; <see cref="Abort"/> from anywhere.
/// </summary>
public abstract class Wire : IAsyncDisposable
{
    /// <summary>Where the other side is, for people and for limits.</summary>
    public abstract string RemoteAddress { get; }

    public abstract ValueTask<WireMessage> ReceiveAsync(CancellationToken cancel);

    /// <summary>Sends one text message.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> text, CancellationToken cancel);

    /// <summary>Says why and closes; does not wait for the other side for ever.</summary>
    public abstract ValueTask CloseAsync(int code, string reason, CancellationToken cancel);

    /// <summary>Ends the connection at once; a receive under way returns <see cref="WireMessageKind.Closed"/>.</summary>
    public abstract void Abort();

    public abstract ValueTask DisposeAsync();
}
