using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Waggle.Server.Mcp;

/// <summary>A long text in pieces that fit into an answer, cut between characters.</summary>
internal static class ContentPieces
{
    private const int Most = 7 * 1024;
    private const int LongestCharacter = 4;

    /// <param name="head">The properties of every piece.</param>
    /// <param name="content">The text as UTF-8.</param>
    /// <param name="from">The place of the piece, in bytes.</param>
    /// <param name="isNoText">Throws the error for content that is no text.</param>
    public static async Task<JsonObject> ReadAsync(
        Func<JsonObject> head, Stream content, long length, long from, PageCursor cursor, Action isNoText, CancellationToken cancel)
    {
        if (from > length) throw ToolFault.Invalid("The cursor is behind the end.", "Leave cursor out to begin again.");
        await SkipAsync(content, from, cancel);
        var bytes = new byte[(int)Math.Min(Most, length - from)];
        await content.ReadExactlyAsync(bytes, cancel);
        for (var most = bytes.Length; ; most /= 2)
        {
            var count = Whole(bytes, most);
            if (count == 0 && bytes.Length > 0) isNoText();
            var end = from + count;
            var piece = head().With("bytes", length).With("from", from).With("text", Encoding.UTF8.GetString(bytes, 0, count))
                .With("cursor", end < length ? cursor.After(end) : null)
                .With("next", end < length ? "Call again with cursor for the next piece." : null);
            if (ToolJson.Fits(piece)) return piece;
        }
    }

    // The bytes of whole characters at the beginning; 0 if these are no UTF-8.
    private static int Whole(byte[] bytes, int count)
    {
        for (var end = count; end > Math.Max(0, count - LongestCharacter); end--)
        {
            if (Utf8.IsValid(bytes.AsSpan(0, end))) return end;
        }

        return 0;
    }

    private static async Task SkipAsync(Stream content, long count, CancellationToken cancel)
    {
        if (content.CanSeek)
        {
            content.Position = count;
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            for (; count > 0; count -= await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count)), cancel))
            {
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
