using System.Security.Cryptography;
using System.Text;
using Waggle.Protocol.Json;

namespace Waggle.Server.Mcp;

/// <summary>
/// The cursors of one list: the place in the list, and a mark of the tool and its arguments, so that a cursor of another list is an error and not a wrong page.
/// </summary>
internal sealed class PageCursor
{
    private const int MarkLength = 8;
    private const char Separator = '.';

    private readonly string _mark;

    /// <param name="list">The tool and the arguments that select the list.</param>
    public PageCursor(params IReadOnlyList<string?> list)
    {
        var text = string.Join('\n', list.Select(part => part is null ? "-" : $"+{part}"));
        _mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..MarkLength];
    }

    public string? After(string? place) => place is null ? null : $"{_mark}{Separator}{place}";

    public string? After(long? place) => After(place?.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Returns the place of the cursor that a call has; null if it has none.</summary>
    /// <exception cref="ToolFault">The cursor is not one of this list.</exception>
    public string? PlaceOf(ToolCall call)
    {
        if (call.Text("cursor") is not { } cursor) return null;
        if (cursor.Split(Separator, 2) is [var mark, { Length: > 0 } place] && mark == _mark) return place;
        throw ToolFault.Invalid(
            $"The cursor '{PlainText.Clip(PlainText.OneLine(cursor), 60)}' is not one of this list.",
            "Repeat the call with exactly the arguments that gave the cursor, or leave cursor out to begin again.");
    }

    /// <summary>Returns the place as a number; 0 for the beginning.</summary>
    public long NumberOf(ToolCall call)
    {
        if (PlaceOf(call) is not { } place) return 0;
        return long.TryParse(place, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ToolFault.Invalid("The cursor was changed.", "Leave cursor out to begin again.");
    }
}
