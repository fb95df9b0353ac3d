using System.Text.Json;

namespace Waggle.Core.Tasks;

/// <summary>
/// Compares two JSON values by meaning, for any value that a client may send. <see cref="JsonElement.DeepEquals"/> throws for numbers such as 1e999999999999;
/// here a number with an exponent of more than eight digits equals only the same text.
/// </summary>
internal static class JsonEquality
{
    private const int MaxExponentDigits = 8;

    public static bool Are(JsonElement one, JsonElement other)
    {
        if (one.ValueKind != other.ValueKind) return false;
        return one.ValueKind switch
        {
            JsonValueKind.Object => AreObjects(one, other),
            JsonValueKind.Array => AreArrays(one, other),
            JsonValueKind.Number => AreNumbers(one, other),
            _ => JsonElement.DeepEquals(one, other),
        };
    }

    // Properties of the same name keep their order, because most readers take the last one.
    private static bool AreObjects(JsonElement one, JsonElement other)
    {
        var (left, right) = (Sorted(one), Sorted(other));
        if (left.Length != right.Length) return false;
        for (var i = 0; i < left.Length; i++)
        {
            if (left[i].Name != right[i].Name || !Are(left[i].Value, right[i].Value)) return false;
        }

        return true;
    }

    private static bool AreArrays(JsonElement one, JsonElement other)
    {
        if (one.GetArrayLength() != other.GetArrayLength()) return false;
        using var right = other.EnumerateArray();
        foreach (var left in one.EnumerateArray())
        {
            if (!right.MoveNext() || !Are(left, right.Current)) return false;
        }

        return true;
    }

    private static bool AreNumbers(JsonElement one, JsonElement other)
    {
        var (left, right) = (one.GetRawText(), other.GetRawText());
        return left == right || (IsOrdinary(left) && IsOrdinary(right) && JsonElement.DeepEquals(one, other));
    }

    private static bool IsOrdinary(string number)
    {
        var exponent = number.AsSpan().IndexOfAny('e', 'E');
        return exponent < 0 || number.AsSpan(exponent + 1).TrimStart("+-").TrimStart('0').Length <= MaxExponentDigits;
    }

    private static JsonProperty[] Sorted(JsonElement value) => [.. value.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal)];
}
