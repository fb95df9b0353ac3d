using System.Text.Json;

namespace Waggle.Core.Validation;

/// <summary>
/// Finds the keywords of a JSON schema that a client may not use, because their evaluation has no bound: references may form circles or double the work with
/// each step, and a regular expression may need time that grows exponentially with the text. Pure.
/// </summary>
internal static class SchemaKeywords
{
    /// <summary>Returns the first keyword that is not permitted with its place, such as <c>/properties/name/pattern</c>; null if there is none.</summary>
    public static string? Refused(JsonElement schema, string place = "")
    {
        if (schema.ValueKind != JsonValueKind.Object) return null;
        foreach (var keyword in schema.EnumerateObject())
        {
            var at = $"{place}/{keyword.Name}";
            var found = keyword.Name switch
            {
                "$ref" or "$dynamicRef" or "$recursiveRef" or "pattern" or "patternProperties" => at,

                // Values, in which a keyword's name means nothing.
                "const" or "enum" or "default" or "examples" => null,

                // Schemas by names that the client chooses.
                "properties" or "$defs" or "definitions" or "dependentSchemas" or "dependencies" => Among(keyword.Value, at),
                _ => keyword.Value.ValueKind == JsonValueKind.Array ? AmongItems(keyword.Value, at) : Refused(keyword.Value, at),
            };
            if (found is not null) return found;
        }

        return null;
    }

    private static string? Among(JsonElement named, string place)
    {
        if (named.ValueKind != JsonValueKind.Object) return null;
        foreach (var one in named.EnumerateObject())
        {
            if (Refused(one.Value, $"{place}/{one.Name}") is { } found) return found;
        }

        return null;
    }

    private static string? AmongItems(JsonElement items, string place)
    {
        foreach (var (i, item) in items.EnumerateArray().Index())
        {
            if (Refused(item, $"{place}/{i}") is { } found) return found;
        }

        return null;
    }
}
