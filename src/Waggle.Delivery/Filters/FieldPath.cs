using System.Text;
using Waggle.Protocol;

namespace Waggle.Delivery.Filters;

/// <summary>
/// The path of a field of a record, in its envelope (<c>kind</c>, <c>topic</c>, <c>swarm</c>, <c>class</c>) or in its data (<c>data.usage.tokens</c>).
/// Immutable.
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

    /// <summary>Gets the path as text, such as <c>data.usage.tokens</c>.</summary>
    public string Text { get; }

    /// <summary>Whether the field is in the data, instead of the envelope.</summary>
    public bool IsData => _segments.Length > 0;

    /// <summary>Gets the names of the fields from the data inwards, as UTF-8; empty for a field of the envelope.</summary>
    internal ReadOnlySpan<byte[]> Segments => _segments;

    /// <summary>Parses a path.</summary>
    /// <param name="problem">A sentence that explains the error; empty if there is none.</param>
    /// <returns>The path; null if the text is not valid.</returns>
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
