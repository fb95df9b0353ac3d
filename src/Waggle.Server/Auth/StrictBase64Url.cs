using System.Buffers.Text;

namespace Waggle.Server.Auth;

/// <summary>Decodes base64url without padding, white space or a second encoding of the same bytes.</summary>
internal static class StrictBase64Url
{
    public static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        if (text.Length % 4 == 1 || !Base64Url.IsValid(text)) return false;
        if (!Base64Url.TryDecodeFromChars(text, bytes, out var length)) return false;
        Array.Resize(ref bytes, length);
        return Base64Url.EncodeToString(bytes) == text;
    }
}
