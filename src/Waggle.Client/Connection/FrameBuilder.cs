using System.Text.Json;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>
/// Collects messages into one frame: <c>[m1,m2</c>, closed with <c>]</c> in the place of the next comma. A message that no longer fits stays behind the closing
/// bracket and begins the next frame, so no message is written twice.
/// </summary>
internal sealed class FrameBuilder(int limit, Action<Request, WaggleException> reject) : IDisposable
{
    private readonly FrameBuffer _buffer = new();
    private int _end = 1;
    private int _carried;

    /// <summary>The number of messages in the frame, without the one that did not fit.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Adds a request. Returns false if the frame is full and must be sent before the next request is added; the builder keeps the request in any case.
    /// </summary>
    public bool TryAdd(Request request)
    {
        if (_buffer.Length == 0) _buffer.Add((byte)'[');
        else _buffer.Add((byte)',');
        var start = _buffer.Length;
        request.Written = true;
        if (!Write(request, start))
        {
            _buffer.Length = start == 1 ? 0 : start - 1;
            return true;
        }

        if (Count > 0 && _buffer.Length + 1 >= limit)
        {
            _carried = _buffer.Length - start;
            return false;
        }

        Count++;
        _end = _buffer.Length;
        return Count < Limits.MaxMessagesPerFrame && _buffer.Length < limit;
    }

    public ReadOnlyMemory<byte> Seal()
    {
        if (Count == 1) return _buffer.Slice(1, _end - 1);
        if (_carried == 0) _buffer.Add((byte)']');
        else _buffer[_end] = (byte)']';
        return _buffer.Slice(0, _end + 1);
    }

    public void Next()
    {
        if (_carried > 0) _buffer.Span(_end + 1, _carried).CopyTo(_buffer.Span(1, _carried));
        _buffer.Length = _carried == 0 ? 0 : _carried + 1;
        _end = _carried == 0 ? 1 : _buffer.Length;
        Count = _carried == 0 ? 0 : 1;
        _carried = 0;
    }

    public void Dispose() => _buffer.Dispose();

    // An invalid message must not spoil the frame, because the hub could not name the other messages of an array that is not JSON.
    private bool Write(Request request, int start)
    {
        try
        {
            MessageCodec.Write(_buffer, request.Message);
            var length = _buffer.Length - start;
            if (length > limit)
            {
                reject(request, new(ErrorCodes.TooLarge, $"{request.Message.Type} would be {length} bytes; a message has at most {limit}."));
                return false;
            }

            var reader = new Utf8JsonReader(_buffer.Span(start, length));
            while (reader.Read())
            {
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException or NotSupportedException)
        {
            reject(request, new(ErrorCodes.InvalidRequest, $"{request.Message.Type} could not be written as JSON: {e.Message}", inner: e));
            return false;
        }
    }
}
