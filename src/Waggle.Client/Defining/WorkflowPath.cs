using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Waggle.Protocol.Json;

namespace Waggle.Client;

/// <summary>A path to a value of a run, such as <c>steps.fetch.output.rows[0].name</c>. Immutable.</summary>
public readonly record struct WorkflowPath
{
    private readonly string? _text;

    internal WorkflowPath(string text) => _text = text;

    /// <summary>Returns the path of an element of a list.</summary>
    /// <param name="index">The place in the list, from 0.</param>
    public WorkflowPath this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            return new(string.Create(CultureInfo.InvariantCulture, $"{this}[{index}]"));
        }
    }

    /// <summary>Returns the JSON that stands for the value in an input or output: <c>{"$": "the path"}</c>.</summary>
    public static implicit operator RawJson(WorkflowPath path) => path.ToRawJson();

    /// <summary>Returns the path of a member of an object, with any name.</summary>
    public WorkflowPath At(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new(IsPlain(name)
            ? $"{this}.{name}"
            : $"{this}[\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"]");
    }

    /// <inheritdoc cref="op_Implicit"/>
    public RawJson ToRawJson()
    {
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartObject();
            writer.WriteString("$"u8, ToString());
            writer.WriteEndObject();
        }

        return RawJson.Parse(System.Text.Encoding.UTF8.GetString(text.WrittenSpan));
    }

    /// <summary>Returns the text of the path, as conditions have it.</summary>
    public override string ToString() => _text ?? "input";

    private static bool IsPlain(string name) => name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '_')
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
