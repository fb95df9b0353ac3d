using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Waggle.Transport.WebSockets;

/// <summary>Whether text that comes in pieces is UTF-8 so far (RFC 6455 8.1), told as early as it can be known.</summary>
internal static class Utf8Check
{
    /// <summary>False: it is not UTF-8, whatever follows.</summary>
    /// <param name="text">The message so far, from the last boundary that this gave on.</param>
    /// <param name="complete">Nothing follows.</param>
    /// <param name="boundary">Up to here whole characters were seen.</param>
    public static bool Holds(ReadOnlySpan<byte> text, bool complete, out int boundary)
    {
        boundary = complete ? text.Length : text.Length - Unfinished(text);
        if (!Utf8.IsValid(text[..boundary])) return false;
        return boundary == text.Length || Rune.DecodeFromUtf8(text[boundary..], out _, out _) == OperationStatus.NeedMoreData;
    }

    // How many of the last bytes begin a character that is longer than what is here.
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
