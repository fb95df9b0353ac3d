using System.Text.Json;

namespace Waggle.SocketIO.Packets;

/// <summary>Names that mean something to the library on either side and so cannot be anybody's event.</summary>
internal static class ReservedEvents
{
    private static readonly string[] Names = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

    public static bool Contains(string name) => Names.AsSpan().Contains(name);

    public static bool Contains(ref Utf8JsonReader reader)
    {
        foreach (var name in Names)
        {
            if (reader.ValueTextEquals(name)) return true;
        }

        return false;
    }
}
