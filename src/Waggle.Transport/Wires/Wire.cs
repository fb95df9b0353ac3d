using System.IO.Pipelines;

namespace Waggle.Transport.Wires;

/// <summary>
/// One duplex stream of bytes to one client. It knows nothing of what the bytes mean.
/// One reader and one sender at a time; <see cref="Abort"/> from anywhere.
/// </summary>
public abstract class Wire : IAsyncDisposable
{
    /// <summary>Where the other side is, for people and for limits.</summary>
    public abstract string RemoteAddress { get; }

    /// <summary>What the other side sends. It completes, or fails, when the other side is gone.</summary>
    public abstract PipeReader Input { get; }

    /// <summary>
    /// Hands over what can be taken at once, and never blocks. The rest, if any, goes through <see cref="SendAsync"/> before anything else is sent.
    /// </summary>
    /// <returns>How many bytes were taken, from the start.</returns>
    /// <exception cref="IOException">The connection is gone.</exception>
    public abstract int TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>Hands over everything, waiting for room. The memory is the wire's until this ends.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>
    /// Sends the end of TCP (FIN) behind what was handed over; what the other side sends is still read. Where the transport beneath has no half-close (TLS,
    /// HTTP), nothing happens.
    /// </summary>
    public virtual void EndSending()
    {
    }

    /// <summary>Ends the connection at once; a read under way ends, a send under way fails.</summary>
    public abstract void Abort();

    /// <summary>Ends the connection after what was handed over has left. The reader and the sender are done before.</summary>
    public abstract ValueTask DisposeAsync();
}
