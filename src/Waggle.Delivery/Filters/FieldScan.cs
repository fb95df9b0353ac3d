using System.Text.Json;
using Waggle.Protocol;

namespace Waggle.Delivery.Filters;

/// <summary>The range of a field's value in a record's data.</summary>
/// <param name="Type">The type of the value; None if the field is absent.</param>
/// <param name="Start">The index of the first byte, without the quote of a string.</param>
/// <param name="Length">The number of bytes, without the quotes of a string.</param>
/// <param name="Escaped">Whether a string contains escape sequences.</param>
internal readonly record struct FieldSlot(JsonTokenType Type, int Start, int Length, bool Escaped)
{
    /// <summary>Whether the field exists and is not null.</summary>
    public bool IsThere => Type is not JsonTokenType.None and not JsonTokenType.Null;
}

/// <summary>
/// Finds the values of several fields in one pass over JSON text, without allocation. If a field occurs twice, the first value counts. Pure.
/// </summary>
internal static class FieldScan
{
    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 2 * Limits.MaxDepth };

    public static void Read(ReadOnlySpan<byte> json, ReadOnlySpan<FieldPath> paths, Span<FieldSlot> slots)
    {
        // For each level, the set of paths that lead through the reader's place, as bits.
        Span<ulong> leading = stackalloc ulong[Limits.MaxFieldDepth + 1];
        slots.Clear();
        try
        {
            var reader = new Utf8JsonReader(json, Deep);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return;
            leading[0] = (1UL << paths.Length) - 1;
            var (depth, missing) = (0, paths.Length);
            while (missing > 0 && reader.Read())
            {
                if (reader.TokenType == JsonTokenType.EndObject)
                {
                    if (depth-- == 0) return;
                    continue;
                }

                var here = Leading(ref reader, paths, leading[depth], depth);
                reader.Read();
                missing -= Note(ref reader, paths, slots, here, depth);
                if (here == 0 || reader.TokenType != JsonTokenType.StartObject) reader.Skip();
                else leading[++depth] = here;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The data of an application may be no JSON, or have half of a surrogate pair in the name of a field. The fields after that count as absent.
        }
    }

    private static ulong Leading(ref Utf8JsonReader reader, ReadOnlySpan<FieldPath> paths, ulong candidates, int depth)
    {
        var here = 0UL;
        for (var i = 0; i < paths.Length; i++)
        {
            if ((candidates & (1UL << i)) != 0 && depth < paths[i].Segments.Length && reader.ValueTextEquals(paths[i].Segments[depth])) here |= 1UL << i;
        }

        return here;
    }

    private static int Note(ref Utf8JsonReader reader, ReadOnlySpan<FieldPath> paths, Span<FieldSlot> slots, ulong here, int depth)
    {
        var found = 0;
        for (var i = 0; here != 0 && i < paths.Length; i++)
        {
            if ((here & (1UL << i)) == 0 || paths[i].Segments.Length != depth + 1 || slots[i].Type != JsonTokenType.None) continue;
            var quote = reader.TokenType == JsonTokenType.String ? 1 : 0;
            slots[i] = new FieldSlot(reader.TokenType, (int)reader.TokenStartIndex + quote, reader.ValueSpan.Length, quote == 1 && reader.ValueIsEscaped);
            found++;
        }

        return found;
    }
}
