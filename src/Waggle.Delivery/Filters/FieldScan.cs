using System.Text.Json;
using Waggle.Protocol;

namespace Waggle.Delivery.Filters;

/// <summary>Where a field's value lies in a record's data; type None: it is not there, or null.</summary>
internal readonly record struct FieldSlot(JsonTokenType Type, int Start, int Length, bool Escaped)
{
    public bool IsThere => Type is not JsonTokenType.None and not JsonTokenType.Null;
}

/// <summary>Finds the values of several fields in one pass over JSON text, without allocation. Of a field that is there twice the first counts.</summary>
internal static class FieldScan
{
    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 2 * Limits.MaxDepth };

    public static void Read(ReadOnlySpan<byte> json, ReadOnlySpan<FieldPath> paths, Span<FieldSlot> slots)
    {
        // For each level the paths that lead through where the reader is, as bits.
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
            // An application's own renderer may store what is not JSON, and JSON may name a field by half of a surrogate pair: from there on it has no fields.
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
