using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Waggle.Core.Workflows.Definitions;
using Waggle.Core.Workflows.Expressions;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows.Values;

/// <summary>JSON in which an object with the one member <c>$</c> stands for the value at a path. Pure.</summary>
internal static class Templates
{
    private const string Marker = "$";

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 2 * Limits.MaxDepth };

    /// <summary>Returns the paths of a template with their places.</summary>
    /// <exception cref="DefinitionException">A path cannot be read.</exception>
    public static IEnumerable<(string Place, PathRef Path)> Paths(RawJson template, string place) => Paths(template.ToElement(), place);

    /// <summary>Puts values in the places of the paths. Parts that are elsewhere stay references.</summary>
    public static Bound Bind(RawJson template, Func<PathRef, Bound> valueOf)
    {
        if (template.IsNull || template.Utf8.Span.IndexOf("\"$\""u8) < 0) return Bound.Of(template);
        var refs = new List<InputRef>();
        var node = Bind(JsonNode.Parse(template.Utf8.Span, null, Deep), "", valueOf, refs);
        return new Bound { Value = Write(node), Refs = refs.Count == 0 ? null : refs };
    }

    public static RawJson Write(JsonNode? node)
    {
        if (node is null) return default;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer)) node.WriteTo(writer);
        return RawJson.FromTrusted(buffer.ToArray());
    }

    public static JsonNode? Parse(RawJson json) => json.IsNull ? null : JsonNode.Parse(json.Utf8.Span, null, Deep);

    private static IEnumerable<(string Place, PathRef Path)> Paths(JsonElement value, string place)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            var i = 0;
            foreach (var item in value.EnumerateArray())
            {
                foreach (var found in Paths(item, string.Create(CultureInfo.InvariantCulture, $"{place}[{i}]"))) yield return found;
                i++;
            }
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            if (value.TryGetProperty(Marker, out var text))
            {
                if (text.ValueKind != JsonValueKind.String || value.EnumerateObject().Count() != 1)
                    throw new DefinitionException(place, "an object with the member '$' has this member alone, and its value is a path");
                yield return (place, PlanBuilder.At(place, () => PathRef.Parse(text.GetString()!)));
                yield break;
            }

            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var member in value.EnumerateObject())
            {
                if (!names.Add(member.Name)) throw new DefinitionException(place, $"the member '{member.Name}' occurs twice");
                foreach (var found in Paths(member.Value, $"{place}.{member.Name}")) yield return found;
            }
        }
    }

    private static JsonNode? Bind(JsonNode? node, string at, Func<PathRef, Bound> valueOf, List<InputRef> refs)
    {
        switch (node)
        {
            case JsonObject { Count: 1 } one when one[Marker] is JsonValue text && text.TryGetValue<string>(out var path):
                var reference = PathRef.Parse(path);
                var bound = valueOf(reference).At(reference.Pointer);
                refs.AddRange((bound.Refs ?? []).Select(r => r with { At = at + r.At }));
                return Parse(bound.Value);
            case JsonObject members:
                foreach (var name in members.Select(m => m.Key).ToArray())
                    Replace(members[name], Pointers.Append(at, name), n => members[name] = n, valueOf, refs);
                return members;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    var index = i;
                    Replace(items[i], $"{at}/{i.ToString(CultureInfo.InvariantCulture)}", n => items[index] = n, valueOf, refs);
                }

                return items;
            default:
                return node;
        }
    }

    // A node has one parent, so a node that is its own replacement stays where it is.
    private static void Replace(JsonNode? node, string at, Action<JsonNode?> put, Func<PathRef, Bound> valueOf, List<InputRef> refs)
    {
        var bound = Bind(node, at, valueOf, refs);
        if (!ReferenceEquals(bound, node)) put(bound);
    }
}
