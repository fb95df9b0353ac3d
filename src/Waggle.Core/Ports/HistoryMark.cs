using System.Globalization;

namespace Waggle.Core.Ports;

/// <summary>
/// Determines the history of a hive that an epoch belongs to. Each acquisition adds one to the epoch. A restore from a backup begins a new history, whose
/// epochs have the time of the restore in their upper bits. The ids that the lost history gave after the backup are unknown, so the ids of a restored history
/// carry a mark.
/// </summary>
public static class HistoryMark
{
    /// <summary>The number of lower bits, which leave room for a million starts of a restored hub before the epochs of the next second.</summary>
    public const int EpochBits = 20;

    /// <summary>
    /// Returns the mark of an epoch's history: empty for the first, else a hyphen and the second of the restore in base 36, which begins with a letter.
    /// </summary>
    public static string Of(long epoch)
    {
        var second = epoch >> EpochBits;
        if (second == 0) return "";
        Span<char> digits = stackalloc char[13];
        var at = digits.Length;
        for (; second > 0; second /= 36) digits[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[(int)(second % 36)];
        return $"-{digits[at..]}";
    }

    /// <summary>Returns the number in an id that the hive gave; null for any other id, such as a client's own or one of an earlier version.</summary>
    public static long? NumberOf(string prefix, string id)
    {
        if (!id.StartsWith(prefix, StringComparison.Ordinal)) return null;
        var rest = id.AsSpan(prefix.Length);
        var hyphen = rest.IndexOf('-');
        if (hyphen >= 0)
        {
            if (hyphen + 1 == rest.Length || !char.IsAsciiLetterLower(rest[hyphen + 1])) return null;
            rest = rest[..hyphen];
        }

        // A JavaScript client represents integers of up to fifteen digits exactly.
        return rest.Length is > 0 and <= 15 && rest[0] != '0'
            && long.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : null;
    }
}
