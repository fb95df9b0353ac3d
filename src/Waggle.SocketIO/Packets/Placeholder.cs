namespace Waggle.SocketIO.Packets;

/// <summary>The object in the JSON that stands for an attachment: <c>{"_placeholder":true,"num":0}</c>.</summary>
internal static class Placeholder
{
    public static ReadOnlySpan<byte> Key => "_placeholder"u8;

    public static ReadOnlySpan<byte> Number => "num"u8;
}
