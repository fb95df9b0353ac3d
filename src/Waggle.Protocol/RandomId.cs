using System.Security.Cryptography;

namespace Waggle.Protocol;

/// <summary>
/// Generates random identifiers for connections, faults in a log and temporary files. It uses the system's cryptographic generator. Thread-safe.
/// </summary>
public static class RandomId
{
    /// <summary>Returns lower-case hexadecimal digits, two for each byte.</summary>
    /// <param name="bytes">The number of random bytes: 4 distinguish the lines of a log, 32 make a secret.</param>
    public static string Hex(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));
}
