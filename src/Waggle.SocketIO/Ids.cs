using System.Buffers.Text;
using System.Security.Cryptography;

namespace Waggle.SocketIO;

/// <summary>Creates ids that cannot be guessed. They have 20 characters, like those of the Node server, and 120 random bits.</summary>
internal static class Ids
{
    public static string New()
    {
        Span<byte> bytes = stackalloc byte[15];
        RandomNumberGenerator.Fill(bytes);
        return Base64Url.EncodeToString(bytes);
    }
}
