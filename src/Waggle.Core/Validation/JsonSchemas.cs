using System.Text.Json;
using Json.Schema;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Core.Validation;

/// <summary>
/// Checks JSON against schemas of clients (2020-12). A check can take long, so it runs outside the owner's loop. The first one loads the library.
/// </summary>
internal static class JsonSchemas
{
    private const int MostErrors = 5;

    /// <summary>Returns the fault of a schema; null for one that can be checked against.</summary>
    /// <param name="field">The name of the schema in the request.</param>
    public static Error? Problem(string field, RawJson schema)
    {
        if (Unbounded(field, schema) is { } problem) return problem;
        try
        {
            // Some faults show in an evaluation alone.
            Evaluate(Build(schema), RawJson.Parse("{}"));
            return null;
        }
        catch (Exception e) when (IsFault(e))
        {
            return new(ErrorCodes.InvalidRequest, $"{field} is no JSON schema: {e.Message}");
        }
    }

    /// <summary>Returns the fault of a schema whose evaluation would have no bound; null for another one. Pure and short, for the owner's loop.</summary>
    public static Error? Unbounded(string field, RawJson schema)
    {
        if (schema.Utf8.Length > Limits.MaxSchemaBytes)
            return new(ErrorCodes.TooLarge, $"{field} has at most {Limits.MaxSchemaBytes} bytes; it had {schema.Utf8.Length}.");
        return SchemaKeywords.Refused(schema.ToElement()) is { } keyword
            ? new(ErrorCodes.InvalidRequest, $"{field}{keyword}: references and regular expressions are not supported in schemas.")
            : null;
    }

    /// <summary>Returns the places where a value differs from its schema, as one text; null for a value that satisfies it.</summary>
    public static string? Mismatch(RawJson schema, RawJson value)
    {
        try
        {
            var result = Evaluate(Build(schema), value);
            if (result.IsValid) return null;
            var faults = (result.Details ?? []).Append(result).Where(d => d.Errors is not null)
                .SelectMany(d => d.Errors!.Select(e => $"{Place(d)}: {e.Value}")).Distinct(StringComparer.Ordinal).Take(MostErrors);
            var text = string.Join(" ", faults);
            return text.Length == 0 ? "The value does not satisfy the schema." : text;
        }
        catch (Exception e) when (IsFault(e))
        {
            return $"The schema cannot be evaluated: {e.Message}";
        }
    }

    // A registry of its own: the library keeps every schema of the global one, and refuses a second one with the same $id.
    private static JsonSchema Build(RawJson schema) =>
        JsonSchema.Build(schema.ToElement(), new BuildOptions { SchemaRegistry = new SchemaRegistry() });

    private static EvaluationResults Evaluate(JsonSchema schema, RawJson value) =>
        schema.Evaluate(value.ToElement(), new EvaluationOptions { OutputFormat = OutputFormat.List });

    private static string Place(EvaluationResults at) => at.InstanceLocation.ToString() is { Length: > 0 } place ? place : "/";

    // What the library throws for a schema that is not one, beside its own two exceptions.
    private static bool IsFault(Exception e) =>
        e is JsonSchemaException or RefResolutionException or JsonException or ArgumentException or InvalidOperationException or FormatException
            or NotSupportedException;
}
