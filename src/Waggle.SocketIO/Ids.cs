using System.Buffers.Text;
using System.Security.Cryptography;

namespace Waggle.SocketIO;

/// <summary>Names that nobody can guess: 20 characters, as the Node server's.</summary>
internal static class Ids
{
    public static string New()
    {
        Span<byte> bytes = stackalloc byte[15];
        RandomNumberGenerator.Fill(bytes);
        return Base64Url.EncodeToString(bytes);
    }
}
