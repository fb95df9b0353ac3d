using System.Buffers;
using System.Text.Json;

namespace Waggle.Protocol.Json;

/// <summary>
/// Pools one writer for each thread, because a message has a few hundred bytes and a writer with its own buffers costs more than the message. A caller returns
/// the writer on the same thread, before the next rent there. A writer that an exception kept from being returned is discarded.
/// </summary>
public static class JsonWriters
{
    [ThreadStatic]
    private static Utf8JsonWriter? Kept;

    public static Utf8JsonWriter Rent(IBufferWriter<byte> output)
    {
        var writer = Kept;
        if (writer is null) return new Utf8JsonWriter(output, JsonText.Trusted);
        Kept = null;
        writer.Reset(output);
        return writer;
    }

    /// <summary>Flushes the output and keeps the writer for the next caller.</summary>
    public static void Return(Utf8JsonWriter writer)
    {
        writer.Flush();
        Kept = writer;
    }
}
