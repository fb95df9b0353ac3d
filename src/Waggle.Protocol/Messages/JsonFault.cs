using System.Text.Json;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Messages;

/// <summary>
/// Describes the fault of a text for its sender: the field and its rule. The serializer's own messages name types of this program and are not sent.
/// </summary>
public static class JsonFault
{
    private const int MaxLength = 200;

    public static string Describe(JsonException e)
    {
        var text = e.Message;
        var where = e.Path is { Length: > 1 } path ? $" at {Clip(path)}" : "";
        if (Has(text, "could not be mapped to any .NET member")) return $"unknown field {FirstQuoted(text)}{where}.";
        if (Has(text, "was missing required properties")) return $"a required field is missing{where}: {Quoted(text, skip: 1)}.";
        if (Has(text, "Duplicate propert")) return $"the field{where} is there twice.";
        if (Has(text, "allow setting null") || Has(text, "allow null") || Has(text, "Unable to assign 'null'")) return $"the value{where} may not be null.";
        if (Has(text, "could not be converted") || e.InnerException is FormatException or InvalidOperationException)
            return $"the value{where} has the wrong type or is out of range.";

        // These are messages of the reader and of this program; any other message that names types is not sent.
        var cut = text.IndexOf(" Path: ", StringComparison.Ordinal);
        if (cut > 0) text = text[..cut];
        return Has(text, "System.") || Has(text, "Waggle.") || Has(text, "type '") ? $"the value{where} is not valid." : Clip(text + where);
    }

    public static string Clip(string text) => PlainText.Clip(text, MaxLength);

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.Ordinal);

    private static string FirstQuoted(string text)
    {
        var from = text.IndexOf('\'', StringComparison.Ordinal);
        var to = from < 0 ? -1 : text.IndexOf('\'', from + 1);
        return to < 0 ? "" : Clip(text[from..(to + 1)]);
    }

    // The names of the fields follow the name of the type.
    private static string Quoted(string text, int skip)
    {
        for (var at = 0; skip > 0; skip--)
        {
            at = text.IndexOf('\'', text.IndexOf('\'', at) + 1) + 1;
            text = text[at..];
        }

        var from = text.IndexOf('\'', StringComparison.Ordinal);
        var to = text.LastIndexOf('\'');
        return to > from && from >= 0 ? Clip(text[from..(to + 1)]) : "";
    }
}
