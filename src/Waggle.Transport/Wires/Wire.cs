using System.IO.Pipelines;

namespace Waggle.Transport.Wires;

/// <summary>
/// One duplex stream of bytes to one client. It does not interpret the bytes. One reader and one sender at a time may use it; any thread may call
/// <see cref="Abort"/>.
/// </summary>
public abstract class Wire : IAsyncDisposable
{
    /// <summary>The address of the other side, for people and for limits.</summary>
    public abstract string RemoteAddress { get; }

    /// <summary>The bytes that the other side sends. The reader completes, or fails, when the other side is gone.</summary>
    public abstract PipeReader Input { get; }

    /// <summary>
    /// Gets or sets whether the opening handshake negotiated permessage-deflate (RFC 7692) for the WebSocket on this wire. It is set before the first frame.
    /// The wire itself carries the bytes unchanged; the reader and the writer of the frames use it.
    /// </summary>
    public bool Deflates { get; set; }

    /// <summary>
    /// Sends the bytes that the wire can take at once, and never blocks. The caller sends the rest with <see cref="SendAsync"/> before any other bytes.
    /// </summary>
    /// <returns>The number of bytes taken, from the start.</returns>
    /// <exception cref="IOException">The connection is gone.</exception>
    public abstract int TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>Sends all bytes and waits for room. The memory belongs to the wire until the call ends.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>
    /// Sends the end of TCP (FIN) after the bytes that were sent. The wire can still receive. If the transport beneath has no half-close (TLS, HTTP), the call
    /// does nothing.
    /// </summary>
    public virtual void EndSending()
    {
    }

    /// <summary>Ends the connection at once; a read under way ends, a send under way fails.</summary>
    public abstract void Abort();

    /// <summary>Ends the connection after the bytes that were sent have left. The reader and the sender must have ended before.</summary>
    public abstract ValueTask DisposeAsync();
}
