using System.Net.Sockets;

namespace Waggle.Transport.Wires;

/// <summary>Sends directly to a socket that does not block.</summary>
internal static class SocketSends
{
    public static int TrySend(Socket socket, ReadOnlySpan<byte> bytes)
    {
        try
        {
            var sent = socket.Send(bytes, SocketFlags.None, out var error);
            return error switch
            {
                SocketError.Success => sent,
                SocketError.WouldBlock or SocketError.IOPending or SocketError.NoBufferSpaceAvailable => 0,
                _ => throw new IOException($"The connection is gone ({error})."),
            };
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException("The connection is gone.", e);
        }
    }

    /// <summary>Sends the end of TCP after the data that was sent.</summary>
    public static void End(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The connection is gone, so nothing can be sent in any case.
        }
    }

    public static async ValueTask SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0) bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException("The connection is gone.", e);
        }
    }
}
