using System.Buffers;

namespace Waggle.Exec;

/// <summary>All of a command's output, where that is to be one JSON value. One thread.</summary>
internal sealed class JsonOutput
{
    public const int MaxBytes = 8 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>There was more than <see cref="MaxBytes"/>: what is kept is no use.</summary>
    public bool IsTooLong { get; private set; }

    public void Add(ReadOnlySpan<byte> text)
    {
        if (IsTooLong || (IsTooLong = _bytes.WrittenCount + text.Length > MaxBytes)) return;
        _bytes.Write(text);
    }

    /// <summary>The value on one line; null if the output is no JSON.</summary>
    public byte[]? Value()
    {
        return OutputLine.IsJson(_bytes.WrittenSpan) ? OnOneLine(OutputLine.Json(_bytes.WrittenSpan)) : null;
    }

    // Only the space between tokens goes: numbers and escapes stay as the program wrote them.
    private static byte[] OnOneLine(ReadOnlySpan<byte> json)
    {
        var line = new byte[json.Length];
        var (length, inString, escaped) = (0, false, false);
        foreach (var b in json)
        {
            if (!inString && b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') continue;
            line[length++] = b;
            if (b == (byte)'"' && !escaped) inString = !inString;
            escaped = inString && !escaped && b == (byte)'\\';
        }

        return line[..length];
    }
}
