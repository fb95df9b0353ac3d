using System.Buffers;

namespace Waggle.Protocol;

/// <summary>
/// The rule for every id that a client may choose (swarms, agents, idempotency keys): 1 to 100 characters of <c>A-Z a-z 0-9 _ - : @ + ~ =</c>. An id contains
/// no <c>.</c> and no <c>/</c>, because it is a segment of topics and of URLs.
/// </summary>
public static class Ids
{
    public const int MaxLength = 100;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-:@+~=");

    public static bool IsValid(ReadOnlySpan<char> id) => id.Length is > 0 and <= MaxLength && !id.ContainsAnyExcept(Allowed);

    /// <summary>Returns the text of an error about an invalid id.</summary>
    public static string Rule(string what, string? id) =>
        $"{what} '{Json.PlainText.Clip(id, 40)}' is not a valid id: 1 to {MaxLength} characters of A-Z a-z 0-9 _ - : @ + ~ = (no '.' and no '/').";
}
