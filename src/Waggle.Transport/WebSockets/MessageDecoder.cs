using System.Buffers;
using System.Runtime.CompilerServices;

namespace Waggle.Transport.WebSockets;

/// <summary>
/// Decodes a client's bytes into messages, strictly by RFC 6455 and RFC 7692. It joins fragments, returns control frames between them at once, and checks
/// UTF-8 as it arrives, or after decompression. Pure state, no I/O. It holds a buffer only while a message is under way.
/// </summary>
/// <param name="maxMessageBytes">The size above which a message is skipped and returned as <see cref="WireMessageKind.TooBig"/>.</param>
/// <param name="deflates">Whether permessage-deflate was negotiated. The limit holds for the decompressed message, too.</param>
public sealed class MessageDecoder(int maxMessageBytes, bool deflates = false) : IDisposable
{
    private const int FirstBuffer = 1024;

    // The part of a header that arrived so far.
    private HeaderBytes _head;
    private int _headLength;

    private FrameHeader _frame;
    private long _left;
    private uint _mask;
    private bool _inFrame;

    // The message that fragments belong to.
    private Opcode _message = Opcode.Continuation;
    private bool _skipping;
    private bool _isCompressed;
    private byte[]? _buffer;
    private int _length;
    private int _checked;
    private bool _taken;

    private byte[]? _control;
    private int _controlLength;
    private int _broken;
    private string _brokenBy = "";

    /// <summary>Reads up to the next message or event. <see cref="WireMessageKind.None"/> means that the input is consumed.</summary>
    /// <param name="input">The input; the decoder removes the consumed part.</param>
    public WireMessage Read(ref ReadOnlySpan<byte> input)
    {
        if (_broken != 0) return Violation();
        Release();
        while (true)
        {
            if (!_inFrame)
            {
                if (!TryTakeHeader(ref input, out var problem)) return default;
                if ((problem ?? Begin()) is { } wrong) return Break(CloseFrame.ProtocolError, wrong);
                if (IsTooBig())
                {
                    // The decoder reports it at once, because it would never report a message that never ends.
                    Return();
                    _skipping = true;
                    return new(WireMessageKind.TooBig);
                }
            }

            Take(ref input);
            if (_left > 0) return IsText && !_skipping && !Holds(complete: false) ? Invalid() : default;
            _inFrame = false;
            if (_frame.IsControl) return Control();
            if (!_frame.Final)
            {
                if (IsText && !_skipping && !Holds(complete: false)) return Invalid();
                continue;
            }

            if (!_skipping) return Message();
            (_message, _skipping) = (Opcode.Continuation, false);
        }
    }

    /// <summary>Returns the buffer of the last message, which the caller no longer reads.</summary>
    public void Release()
    {
        if (_taken) Return();
    }

    public void Dispose() => Return();

    private bool IsText => !_frame.IsControl && _message == Opcode.Text && !_isCompressed;

    private bool TryTakeHeader(ref ReadOnlySpan<byte> input, out string? problem)
    {
        problem = null;
        if (_headLength == 0 && input.Length >= 2 && input.Length >= FrameHeader.SizeOf(input[1]))
        {
            problem = FrameHeader.Parse(input, out _frame, deflates);
            input = input[FrameHeader.SizeOf(input[1])..];
            return true;
        }

        Span<byte> head = _head;
        while (input.Length > 0)
        {
            head[_headLength++] = input[0];
            input = input[1..];
            if (_headLength < 2 || _headLength < FrameHeader.SizeOf(head[1])) continue;
            problem = FrameHeader.Parse(head[.._headLength], out _frame, deflates);
            _headLength = 0;
            return true;
        }

        return false;
    }

    private string? Begin()
    {
        (_left, _mask, _inFrame) = (_frame.Length, _frame.Mask, true);
        if (_frame.IsControl)
        {
            _controlLength = 0;
            return null;
        }

        if (_frame.Opcode == Opcode.Continuation && _message == Opcode.Continuation) return "There is no message to continue.";
        if (_frame.Opcode != Opcode.Continuation && _message != Opcode.Continuation) return "A new message began before the last one ended.";
        if (_frame.Opcode != Opcode.Continuation) (_message, _isCompressed) = (_frame.Opcode, _frame.IsCompressed);
        return null;
    }

    private bool IsTooBig() => !_frame.IsControl && !_skipping && _frame.Length > maxMessageBytes - _length;

    private void Take(ref ReadOnlySpan<byte> input)
    {
        var count = (int)Math.Min(_left, input.Length);
        if (count == 0) return;
        if (_frame.IsControl)
        {
            _control ??= new byte[FrameHeader.MaxControlPayload];
            Masking.Copy(input[..count], _control.AsSpan(_controlLength), _mask);
            _controlLength += count;
        }
        else if (!_skipping)
        {
            Masking.Copy(input[..count], Room(count), _mask);
            _length += count;
        }

        _mask = Masking.Turn(_mask, count);
        _left -= count;
        input = input[count..];
    }

    private WireMessage Control()
    {
        var payload = _control.AsMemory(0, _controlLength);
        if (_frame.Opcode == Opcode.Ping) return new(WireMessageKind.Ping, payload);
        if (_frame.Opcode == Opcode.Pong) return new(WireMessageKind.Pong, payload);
        return CloseFrame.Parse(payload.Span, out var code, out var reason) switch
        {
            0 => new(WireMessageKind.Close, payload, code, reason),
            var wrong => Break(wrong, "The close frame is not well-formed."),
        };
    }

    private WireMessage Message()
    {
        var kind = _message == Opcode.Text ? WireMessageKind.Text : WireMessageKind.Binary;
        if (_isCompressed && Inflate() is { } problem) return problem;
        if (kind == WireMessageKind.Text && !Holds(complete: true)) return Invalid();
        (_message, _taken) = (Opcode.Continuation, true);
        return new(kind, _buffer.AsMemory(0, _length));
    }

    // Puts the decompressed message in place of the compressed one.
    private WireMessage? Inflate()
    {
        Room(MessageInflater.EndLength);
        var result = MessageInflater.Inflate(_buffer!, _length, maxMessageBytes, out var buffer, out var size);
        Return();
        if (result == Inflated.Invalid) return Break(CloseFrame.InvalidPayload, "The compressed data is not DEFLATE (RFC 1951).");
        if (result == Inflated.TooBig)
        {
            _message = Opcode.Continuation;
            return new(WireMessageKind.TooBig);
        }

        (_buffer, _length) = (buffer, size);
        return null;
    }

    private bool Holds(bool complete)
    {
        var holds = Utf8Check.Holds(_buffer.AsSpan(_checked, _length - _checked), complete, out var boundary);
        _checked += boundary;
        return holds;
    }

    private WireMessage Invalid() => Break(CloseFrame.InvalidPayload, "A text message is UTF-8.");

    private WireMessage Break(int code, string reason)
    {
        Return();
        (_broken, _brokenBy) = (code, reason);
        return Violation();
    }

    private WireMessage Violation() => new(WireMessageKind.Violation, default, _broken, _brokenBy);

    // The buffer grows with the received bytes, so a length that a client only announces costs nothing.
    private Span<byte> Room(int count)
    {
        var needed = _length + count;
        if (_buffer is null || _buffer.Length < needed)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(FirstBuffer, Math.Min(2 * _length, maxMessageBytes))));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            if (_buffer is not null) ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsSpan(_length);
    }

    private void Return()
    {
        if (_buffer is not null) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _length = _checked = 0;
        _taken = false;
    }

    [InlineArray(FrameHeader.MaxRead)]
    private struct HeaderBytes
    {
        private byte _first;
    }
}
