using System.Globalization;

namespace Waggle.Core.Ports;

/// <summary>
/// Which history of a hive an epoch belongs to. Each acquisition adds one to the epoch; a restore from a backup begins a new history, whose epochs have the
/// time of the restore in their upper bits. What the lost history gave out after the backup is not known, so the ids of a restored history carry a mark.
/// </summary>
public static class HistoryMark
{
    /// <summary>Room for a million starts of a restored hub before the next second's epochs.</summary>
    public const int EpochBits = 20;

    /// <summary>Empty for the first history; else a hyphen and the second of the restore in base 36, which begins with a letter.</summary>
    public static string Of(long epoch)
    {
        var second = epoch >> EpochBits;
        if (second == 0) return "";
        Span<char> digits = stackalloc char[13];
        var at = digits.Length;
        for (; second > 0; second /= 36) digits[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[(int)(second % 36)];
        return $"-{digits[at..]}";
    }

    /// <summary>The number in an id of the form that a hive gives; null for any other: a client's own id, or one of an earlier version.</summary>
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

        // Fifteen digits: what a client of JavaScript can count.
        return rest.Length is > 0 and <= 15 && rest[0] != '0'
            && long.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : null;
    }
}
