using System.Buffers;
using System.Net.WebSockets;

namespace Waggle.Client;

/// <summary>Reads whole text frames from a socket into one pooled buffer, which grows to the largest frame.</summary>
internal sealed class FrameReader(WebSocket socket) : IDisposable
{
    // This is far above the hub's messages (a recovery of 1 MiB and its envelope) and limits the memory all the same.
    private const int MaxFrameBytes = 64 * 1024 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
    private int _length;

    public ReadOnlySpan<byte> Frame => _buffer.AsSpan(0, _length);

    /// <summary>Reads the next frame. Returns false if the hub closed.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken cancel)
    {
        _length = 0;
        while (true)
        {
            if (_length == _buffer.Length) Grow();
            var part = await socket.ReceiveAsync(_buffer.AsMemory(_length), cancel);
            if (part.MessageType == WebSocketMessageType.Close) return false;
            _length += part.Count;
            if (part.EndOfMessage) return true;
        }
    }

    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    private void Grow()
    {
        if (_length >= MaxFrameBytes) throw new WaggleException(ClientErrorCodes.Protocol, $"The hub sent a frame of more than {MaxFrameBytes} bytes.");
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
