namespace Waggle.SocketIO.Packets;

/// <summary>What stands in the JSON where an attachment belongs: <c>{"_placeholder":true,"num":0}</c>.</summary>
internal static class Placeholder
{
    public static ReadOnlySpan<byte> Key => "_placeholder"u8;

    public static ReadOnlySpan<byte> Number => "num"u8;
}
