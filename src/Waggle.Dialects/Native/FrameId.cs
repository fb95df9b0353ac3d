using System.Text.Json;

namespace Waggle.Dialects.Native;

/// <summary>Finds the id of a message that is not read otherwise.</summary>
internal static class FrameId
{
    /// <summary>Returns the id of a frame with one message; null if there is none, or the frame is no JSON object.</summary>
    public static string? Of(ReadOnlySpan<byte> frame)
    {
        try
        {
            var reader = new Utf8JsonReader(frame);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isId = reader.ValueTextEquals("id"u8);
                reader.Read();
                if (isId) return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The frame is not JSON; the error has no id.
        }

        return null;
    }
}
