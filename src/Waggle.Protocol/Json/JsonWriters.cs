using System.Buffers;
using System.Text.Json;

namespace Waggle.Protocol.Json;

/// <summary>
/// One writer a thread, used again: a message is a few hundred bytes, and a writer with its own buffers for each costs more than writing it.
/// What is rented is returned on the same thread, before anything else is rented there; one that an exception kept from being returned is simply lost.
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

    /// <summary>Flushes what was written and keeps the writer for the next.</summary>
    public static void Return(Utf8JsonWriter writer)
    {
        writer.Flush();
        Kept = writer;
    }
}
