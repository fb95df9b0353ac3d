using System.Text.Json;

namespace Waggle.SocketIO.Packets;

/// <summary>Names of events that the libraries on both sides use themselves, so that no application can send them.</summary>
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
