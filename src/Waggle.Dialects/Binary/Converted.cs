using System.Buffers;
using Waggle.Delivery;

namespace Waggle.Dialects.Binary;

/// <summary>Converts messages that were written as JSON to MessagePack, each to one message.</summary>
internal static class Converted
{
    public static void Write<T>(IMessageWriter output, T state, Action<IMessageWriter, T> write)
    {
        var json = new MessageBuffer(512);
        write(json, state);
        if (json.Ends is not { } ends)
        {
            if (!json.Written.IsEmpty) MessagePackCodec.FromJson(json.Written.Span, output);
            return;
        }

        for (var (i, start) = (0, 0); i < ends.Length; start = ends[i++])
        {
            MessagePackCodec.FromJson(json.Written.Span[start..ends[i]], output);
            output.Next();
        }
    }

    public static ReadOnlyMemory<byte> Of(ReadOnlySpan<byte> json)
    {
        var output = new ArrayBufferWriter<byte>(Math.Max(64, json.Length));
        MessagePackCodec.FromJson(json, output);
        return output.WrittenMemory;
    }
}
