using System.Buffers;

namespace Waggle.Exec;

/// <summary>Collects all output of a command that is to be one JSON value. Not thread-safe.</summary>
internal sealed class JsonOutput
{
    public const int MaxBytes = 8 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Whether the output exceeded <see cref="MaxBytes"/>; its kept part is then unusable.</summary>
    public bool IsTooLong { get; private set; }

    public void Add(ReadOnlySpan<byte> text)
    {
        if (IsTooLong || (IsTooLong = _bytes.WrittenCount + text.Length > MaxBytes)) return;
        _bytes.Write(text);
    }

    /// <summary>Returns the value on one line; null if the output is not JSON.</summary>
    public byte[]? Value()
    {
        return OutputLine.IsJson(_bytes.WrittenSpan) ? OnOneLine(OutputLine.Json(_bytes.WrittenSpan)) : null;
    }

    // Removes only the space between tokens; numbers and escapes stay as the program wrote them.
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
