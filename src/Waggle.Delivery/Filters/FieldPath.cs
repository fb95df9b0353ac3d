using System.Text;
using Waggle.Protocol;

namespace Waggle.Delivery.Filters;

/// <summary>
/// A field of a record: one of its envelope (<c>kind</c>, <c>topic</c>, <c>swarm</c>, <c>class</c>), or one of its data (<c>data.usage.tokens</c>).
/// </summary>
public sealed class FieldPath
{
    private const string DataPrefix = "data.";

    private readonly byte[][] _segments;

    private FieldPath(string text, byte[][] segments)
    {
        Text = text;
        _segments = segments;
    }

    public string Text { get; }

    public bool IsData => _segments.Length > 0;

    /// <summary>Names of fields from the data inwards, as UTF-8.</summary>
    internal ReadOnlySpan<byte[]> Segments => _segments;

    /// <summary>Null, and a sentence about what was wrong.</summary>
    public static FieldPath? Parse(string text, out string problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        problem = "";
        if (text is "kind" or "topic" or "swarm" or "class") return new FieldPath(text, []);
        var segments = text.StartsWith(DataPrefix, StringComparison.Ordinal) ? text[DataPrefix.Length..].Split('.') : [];
        if (segments.Length is > 0 and <= Limits.MaxFieldDepth && !Array.Exists(segments, s => s.Length == 0))
        {
            return new FieldPath(text, [.. segments.Select(Encoding.UTF8.GetBytes)]);
        }

        problem = segments.Length > Limits.MaxFieldDepth
            ? $"a field lies at most {Limits.MaxFieldDepth} names deep in data."
            : "a field is kind, topic, swarm, class, or data.NAME and further names with dots between.";
        return null;
    }
}
