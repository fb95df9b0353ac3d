using System.IO.Pipelines;

namespace Waggle.Transport.Wires;

/// <summary>
/// Creates a wire over an upgraded HTTP/1.1 request, an extended CONNECT of HTTP/2, or any other stream. An idle wire holds no buffer: it waits with a read of
/// zero bytes.
/// </summary>
public static class StreamWire
{
    private static readonly StreamPipeReaderOptions Reading = new(useZeroByteReads: true, leaveOpen: true);
    private static readonly StreamPipeWriterOptions Writing = new(leaveOpen: true);

    /// <param name="abort">Ends the connection beneath at once.</param>
    public static Wire Over(Stream stream, string remoteAddress, Action abort)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new PipeWire(PipeReader.Create(stream, Reading), PipeWriter.Create(stream, Writing), remoteAddress, stream.DisposeAsync, abort);
    }
}
