using System.Security.Cryptography;

namespace Waggle.Protocol;

/// <summary>
/// Random identifiers for what has no name of its own: connections, faults in a log, drafts of files.
/// From the system's cryptographic generator; thread-safe.
/// </summary>
public static class RandomId
{
    /// <summary>Lower-case hexadecimal digits, two a byte.</summary>
    /// <param name="bytes">How many random bytes: 4 tell the lines of a log apart, 32 make a secret.</param>
    public static string Hex(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));
}
