using System.Text.Json;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Delivery.Filters;

/// <summary>Parses the JSON of a filter into its tree, within limits. An error message begins with the place of the error.</summary>
internal sealed class FilterParser
{
    private const string Root = "filter";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = Limits.MaxDepth };

    private readonly List<FieldPath> _paths = [];
    private int _terms;

    public static bool TryParse(ReadOnlyMemory<byte> json, out RecordFilter filter, out string problem)
    {
        filter = null!;
        problem = "";
        try
        {
            if (json.Length > Limits.MaxFilterBytes) throw Wrong(Root, $"it has at most {Limits.MaxFilterBytes} bytes; these are {json.Length}.");
            using var document = JsonDocument.Parse(json, Strict);
            var parser = new FilterParser();
            var root = parser.Node(document.RootElement, Root, 1);
            filter = new RecordFilter(root, [.. parser._paths]);
            return true;
        }
        catch (FormatException e)
        {
            problem = e.Message;
        }
        catch (JsonException e)
        {
            problem = $"{Root}: {JsonFault.Describe(e)}";
        }
        catch (InvalidOperationException)
        {
            problem = $"{Root} holds text that is not Unicode.";
        }

        return false;
    }

    private FilterNode Node(JsonElement element, string at, int depth)
    {
        if (depth > Limits.MaxFilterDepth) throw Wrong(at, $"a filter is at most {Limits.MaxFilterDepth} deep.");
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(at, "it is an object: a comparison such as {\"field\":\"kind\",\"eq\":\"task_failed\"}, or and, or, not.");
        }

        if (element.TryGetProperty("field"u8, out var field)) return Compare(element, field, at);
        if (element.GetPropertyCount() != 1) throw Wrong(at, "it has either 'field' with comparisons, or one of and, or, not.");
        var only = element.EnumerateObject().First();
        return only.Name switch
        {
            "and" => new AllNode(Parts(only.Value, $"{at}.and", depth)),
            "or" => new AnyNode(Parts(only.Value, $"{at}.or", depth)),
            "not" => new NotNode(Node(only.Value, $"{at}.not", depth + 1)),
            _ => throw Unknown(only.Name, at),
        };
    }

    private FilterNode[] Parts(JsonElement element, string at, int depth)
    {
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() == 0) throw Wrong(at, "it is an array of at least one filter.");
        return [.. element.EnumerateArray().Select((part, i) => Node(part, $"{at}[{i}]", depth + 1))];
    }

    // Several comparisons of one field must all hold.
    private FilterNode Compare(JsonElement element, JsonElement field, string at)
    {
        if (field.ValueKind != JsonValueKind.String) throw Wrong($"{at}.field", "it is a string.");
        var path = FieldPath.Parse(field.GetString()!, out var problem) ?? throw Wrong($"{at}.field", problem);
        var slot = path.IsData ? SlotOf(path) : -1;
        var parts = new List<FilterNode>();
        foreach (var property in element.EnumerateObject())
        {
            if (property.NameEquals("field"u8)) continue;
            var comparison = Array.IndexOf(CompareNode.Names, property.Name);
            if (comparison < 0) throw Unknown(property.Name, at);
            parts.Add(Compare(path, slot, (Comparison)comparison, property.Value, $"{at}.{property.Name}"));
        }

        return parts.Count switch
        {
            0 => throw Wrong(at, $"what is to hold for '{JsonFault.Clip(path.Text)}' is missing: eq, in, exists, gt, lt or prefix."),
            1 => parts[0],
            _ => new AllNode([.. parts]),
        };
    }

    private CompareNode Compare(FieldPath path, int slot, Comparison comparison, JsonElement value, string at)
    {
        if (++_terms > Limits.MaxFilterTerms) throw Wrong(at, $"a filter has at most {Limits.MaxFilterTerms} comparisons.");
        switch (comparison)
        {
            case Comparison.Exists when value.ValueKind is not (JsonValueKind.True or JsonValueKind.False):
                throw Wrong(at, "it is true or false.");
            case Comparison.Exists:
                return new CompareNode(path, slot, comparison, [], value.GetBoolean());
            case Comparison.In when value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is 0 or > Limits.MaxFilterValues:
                throw Wrong(at, $"it is an array of 1 to {Limits.MaxFilterValues} values.");
            case Comparison.In:
                return new CompareNode(path, slot, comparison, [.. value.EnumerateArray().Select((v, i) => Value(v, $"{at}[{i}]"))]);
            case Comparison.Prefix when value.ValueKind != JsonValueKind.String:
                throw Wrong(at, "it is a string.");
            case Comparison.Gt or Comparison.Lt when value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number):
                throw Wrong(at, "it is a number or a string.");
            default:
                return new CompareNode(path, slot, comparison, [Value(value, at)]);
        }
    }

    private static Literal Value(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Null) throw Wrong(at, "null is the same as absent: say \"exists\":false.");
        return Literal.IsOne(value) ? new Literal(value) : throw Wrong(at, "it is a string, a number, true or false.");
    }

    private int SlotOf(FieldPath path)
    {
        var known = _paths.FindIndex(p => p.Text == path.Text);
        if (known >= 0) return known;
        if (_paths.Count == Limits.MaxFilterTerms) throw Wrong(Root, $"a filter has at most {Limits.MaxFilterTerms} comparisons.");
        _paths.Add(path);
        return _paths.Count - 1;
    }

    private static FormatException Unknown(string name, string at) =>
        Wrong($"{at}.{JsonFault.Clip(name)}", "it is not known. A comparison has 'field' and eq, in, exists, gt, lt or prefix; else it is and, or, not.");

    private static FormatException Wrong(string at, string why) => new($"{at}: {why}");
}
