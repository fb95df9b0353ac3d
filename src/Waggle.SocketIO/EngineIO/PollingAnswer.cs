using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Waggle.SocketIO.EngineIO;

/// <summary>Writes the response to a polling request.</summary>
internal static class PollingAnswer
{
    // Compression of a smaller payload costs more than it saves.
    private const int CompressedFrom = 1024;

    /// <summary>Sets the response. Its head and body are sent together when the request ends.</summary>
    public static void Write(HttpContext context, ReadOnlyMemory<byte> payload, bool compress)
    {
        var response = context.Response;
        response.ContentType = "text/plain; charset=UTF-8";
        response.Headers.CacheControl = "no-store";
        if (compress && payload.Length >= CompressedFrom)
        {
            response.Headers.Vary = "Accept-Encoding";
            if (Encoding(context.Request) is { } encoding)
            {
                response.Headers.ContentEncoding = encoding;
                payload = Compress(payload, encoding);
            }
        }

        response.ContentLength = payload.Length;
        response.BodyWriter.Write(payload.Span);
    }

    private static string? Encoding(HttpRequest request)
    {
        foreach (var value in request.Headers.GetCommaSeparatedValues("Accept-Encoding"))
        {
            var name = value.AsSpan();
            if (name.Contains("q=0", StringComparison.Ordinal) && !name.Contains("q=0.", StringComparison.Ordinal)) continue;
            var end = name.IndexOf(';');
            switch (end < 0 ? name.Trim() : name[..end].Trim())
            {
                case "gzip": return "gzip";
                case "deflate": return "deflate";
            }
        }

        return null;
    }

    private static ReadOnlyMemory<byte> Compress(ReadOnlyMemory<byte> payload, string encoding)
    {
        using var output = new MemoryStream();
        using (Stream into = encoding == "gzip"
            ? new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true)
            : new ZLibStream(output, CompressionLevel.Fastest, leaveOpen: true))
            into.Write(payload.Span);
        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }
}
