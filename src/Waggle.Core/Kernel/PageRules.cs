using System.Globalization;
using Waggle.Protocol;

namespace Waggle.Core.Kernel;

/// <summary>Checks the limit and the cursor of a request for a page.</summary>
internal static class PageRules
{
    public static long? SeqOf(string? cursor) => long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq : null;

    public static string? CursorOf(long? seq) => seq?.ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns the reason to refuse the principal a page; null permits it.</summary>
    public static Error? Refusal(Principal by, string right, string? cursor, int limit)
    {
        if (!by.Allowed(right)) return new(ErrorCodes.Forbidden, by.Missing(right));
        if (limit is < 1 or > Limits.MaxPageSize) return new(ErrorCodes.InvalidRequest, $"limit is 1 to {Limits.MaxPageSize}; it was {limit}.");
        return cursor is not null && SeqOf(cursor) is null ? new(ErrorCodes.InvalidRequest, "cursor must be the value that the previous page returned.") : null;
    }
}
