using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Waggle.Transport.WebSockets;

/// <summary>Checks whether text that comes in pieces is UTF-8 so far (RFC 6455 8.1), and rejects it as early as possible.</summary>
internal static class Utf8Check
{
    /// <summary>Returns false if the text is not UTF-8 with any continuation.</summary>
    /// <param name="text">The message so far, from the last <paramref name="boundary"/>.</param>
    /// <param name="complete">Whether the text is complete.</param>
    /// <param name="boundary">The length of the whole characters at the beginning.</param>
    public static bool Holds(ReadOnlySpan<byte> text, bool complete, out int boundary)
    {
        boundary = complete ? text.Length : text.Length - Unfinished(text);
        if (!Utf8.IsValid(text[..boundary])) return false;
        return boundary == text.Length || Rune.DecodeFromUtf8(text[boundary..], out _, out _) == OperationStatus.NeedMoreData;
    }

    // Returns the number of last bytes that begin an incomplete character.
    private static int Unfinished(ReadOnlySpan<byte> text)
    {
        for (var back = 1; back <= Math.Min(3, text.Length); back++)
        {
            var b = text[^back];
            if ((b & 0xc0) == 0x80) continue;
            var length = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : b >= 0xc0 ? 2 : 1;
            return length > back ? back : 0;
        }

        return 0;
    }
}
