using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Waggle.Delivery.Filters;

/// <summary>A value with which a filter compares: a string, a number or a boolean. Immutable.</summary>
internal sealed class Literal
{
    private readonly JsonTokenType _type;
    private readonly string _text;
    private readonly byte[] _utf8;
    private readonly decimal? _exact;
    private readonly double _number;

    /// <param name="element">A string, number or boolean.</param>
    public Literal(JsonElement element)
    {
        _type = element.ValueKind switch
        {
            JsonValueKind.String => JsonTokenType.String,
            JsonValueKind.Number => JsonTokenType.Number,
            JsonValueKind.True => JsonTokenType.True,
            _ => JsonTokenType.False,
        };
        _text = _type == JsonTokenType.String ? element.GetString()! : element.GetRawText();
        _utf8 = Encoding.UTF8.GetBytes(_text);
        if (_type != JsonTokenType.Number) return;
        _exact = element.TryGetDecimal(out var exact) ? exact : null;
        _number = element.GetDouble();
    }

    public static bool IsOne(JsonElement element) =>
        element.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;

    /// <summary>Gets the text of the value in the canonical form of a filter, in which 1.0 and 1e0 are 1.</summary>
    public string Form => _type switch
    {
        JsonTokenType.String => $"\"{JsonEncodedText.Encode(_text)}\"",
        JsonTokenType.Number => _exact is { } exact
            ? exact.ToString("0.############################", CultureInfo.InvariantCulture)
            : _number.ToString("R", CultureInfo.InvariantCulture),
        _ => _text,
    };

    public bool Equal(ReadOnlySpan<byte> data, in FieldSlot slot)
    {
        if (slot.Type != _type) return false;
        return _type switch
        {
            JsonTokenType.String => slot.Escaped ? EqualEscaped(data, slot) : data.Slice(slot.Start, slot.Length).SequenceEqual(_utf8),
            JsonTokenType.Number => CompareNumber(data, slot) == 0,
            _ => true,
        };
    }

    private bool EqualEscaped(ReadOnlySpan<byte> data, in FieldSlot slot)
    {
        try
        {
            return Reader(data, slot).ValueTextEquals(_utf8);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair is not text, so it is not equal to any.
            return false;
        }
    }

    public bool Equal(string? text) => _type == JsonTokenType.String && text == _text;

    /// <summary>
    /// Returns 1 if the value of the field is greater than this one, -1 if it is less, 0 if it is equal; null if the two cannot be compared.
    /// </summary>
    public int? Compare(ReadOnlySpan<byte> data, in FieldSlot slot)
    {
        if (slot.Type != _type) return null;
        return _type switch
        {
            JsonTokenType.String => WithText(data, slot, prefix: false),
            JsonTokenType.Number => CompareNumber(data, slot),
            _ => null,
        };
    }

    public int? Compare(string? text) => text is null || _type != JsonTokenType.String ? null : Math.Sign(string.CompareOrdinal(text, _text));

    public bool Begins(ReadOnlySpan<byte> data, in FieldSlot slot) => slot.Type == JsonTokenType.String && WithText(data, slot, prefix: true) == 0;

    public bool Begins(string? text) => text is not null && text.StartsWith(_text, StringComparison.Ordinal);

    private int WithText(ReadOnlySpan<byte> data, in FieldSlot slot, bool prefix)
    {
        if (!slot.Escaped) return WithText(data.Slice(slot.Start, slot.Length), prefix);
        var rented = ArrayPool<byte>.Shared.Rent(slot.Length);
        try
        {
            return WithText(rented.AsSpan(0, Reader(data, slot).CopyString(rented)), prefix);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair is not text, so no filter can match it.
            return 1;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private int WithText(ReadOnlySpan<byte> text, bool prefix) => prefix ? text.StartsWith(_utf8) ? 0 : 1 : Math.Sign(text.SequenceCompareTo(_utf8));

    private int CompareNumber(ReadOnlySpan<byte> data, in FieldSlot slot)
    {
        var reader = Reader(data, slot);
        return _exact is { } exact && reader.TryGetDecimal(out var value)
            ? value.CompareTo(exact)
            : (reader.TryGetDouble(out var number) ? number : double.MaxValue).CompareTo(_number);
    }

    private static Utf8JsonReader Reader(ReadOnlySpan<byte> data, in FieldSlot slot)
    {
        var quote = slot.Type == JsonTokenType.String ? 1 : 0;
        var reader = new Utf8JsonReader(data.Slice(slot.Start - quote, slot.Length + (2 * quote)));
        reader.Read();
        return reader;
    }
}
