using System.Buffers;
using System.Text;
using Waggle.Protocol.Messages;

namespace Waggle.Protocol.Tests.Messages;

/// <summary>Returns the codec's results for a frame, in order: messages and errors.</summary>
internal static class Codec
{
    public static List<object> ReadClient(ReadOnlySpan<byte> frame)
    {
        var read = new List<object>();
        MessageCodec.ReadClient(frame, read.Add, read.Add);
        return read;
    }

    public static List<object> ReadClient(string frame) => ReadClient(Encoding.UTF8.GetBytes(frame));

    public static List<object> ReadHub(ReadOnlySpan<byte> frame)
    {
        var read = new List<object>();
        MessageCodec.ReadHub(frame, read.Add, read.Add);
        return read;
    }

    public static byte[] Write(object message)
    {
        var output = new ArrayBufferWriter<byte>();
        if (message is ClientMessage client) MessageCodec.Write(output, client);
        else MessageCodec.Write(output, (HubMessage)message);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Array(IEnumerable<byte[]> messages) => [(byte)'[', .. messages.SelectMany((m, i) => i == 0 ? m : [(byte)',', .. m]), (byte)']'];

    public static ProtocolError Error(string frame) => Assert.IsType<ProtocolError>(Assert.Single(ReadClient(frame)));
}
