using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Waggle.SocketIO.EngineIO;

/// <summary>The body of a polling request, in a pooled buffer that grows with the received bytes.</summary>
/// <param name="max">The maximum size in bytes.</param>
internal sealed class PollingBody(int max) : IDisposable
{
    private const int First = 4096;

    private byte[] _buffer = [];
    private int _length;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads the body.</summary>
    /// <returns>False if it is too large.</returns>
    public async ValueTask<bool> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > max) return false;
        _buffer = ArrayPool<byte>.Shared.Rent((int)Math.Max(First, context.Request.ContentLength ?? 0));
        while (true)
        {
            if (_length == _buffer.Length) Grow();
            var read = await context.Request.Body.ReadAsync(_buffer.AsMemory(_length), context.RequestAborted);
            if (read == 0) return true;
            _length += read;
            if (_length > max) return false;
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
