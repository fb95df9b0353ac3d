using System.Globalization;
using System.Text.Json;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.Mapping;

/// <summary>
/// Reads the input of a foreign client, leniently where its dialect requires it: a field may have several names, a number may be text, and unknown fields are
/// ignored. A field of the wrong form is an error that names the field.
/// </summary>
internal readonly struct PayloadReader(JsonElement json, string path)
{
    private const int MaxClipped = 40;

    public JsonElement Json => json;

    /// <summary>Returns the first of the names that is present and not null.</summary>
    public (JsonElement Value, string Name)? Find(params ReadOnlySpan<string> names)
    {
        if (json.ValueKind != JsonValueKind.Object) return null;
        foreach (var name in names)
        {
            if (json.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null)
            {
                return (value, path.Length == 0 ? name : $"{path}.{name}");
            }
        }

        return null;
    }

    /// <summary>Returns a text; a number becomes its text.</summary>
    public string? Text(params ReadOnlySpan<string> names) => Find(names) is not var (value, name) ? null : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => throw Wrong(name, "text", value),
    };

    public string RequiredText(params ReadOnlySpan<string> names) => Text(names) is { } text && !string.IsNullOrWhiteSpace(text)
        ? text
        : throw Invalid($"{(path.Length == 0 ? "" : path + ".")}{names[0]} is missing: text, not empty.");

    /// <summary>Returns a number; a text that contains one is parsed.</summary>
    public double? Number(params ReadOnlySpan<string> names) =>
        Find(names) is not var (value, name) ? null : NumberOf(value) ?? throw Wrong(name, "a number", value);

    public int? Whole(params ReadOnlySpan<string> names) => Number(names) is not { } number ? null
        : number is >= int.MinValue and <= int.MaxValue && Math.Floor(number).Equals(number) ? (int)number
        : throw Invalid($"{names[0]} is a whole number; it was {number.ToString(CultureInfo.InvariantCulture)}.");

    public bool? Flag(params ReadOnlySpan<string> names) => Find(names) is not var (value, name) ? null : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String when bool.TryParse(value.GetString(), out var flag) => flag,
        _ => throw Wrong(name, "true or false", value),
    };

    public static double? NumberOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDouble(out var number) && double.IsFinite(number) => number,
        JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) => number,
        _ => null,
    };

    public static DialectException Wrong(string name, string rule, JsonElement value) => Invalid($"{name} is {rule}; it was {Clip(value.GetRawText())}.");

    public static DialectException Invalid(string message) => new(new Error(ErrorCodes.InvalidRequest, message));

    public static string Clip(string text) => PlainText.Clip(text, MaxClipped);
}
