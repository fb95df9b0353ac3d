using System.Text.Json;
using System.Text.Json.Serialization;
using Waggle.Core.Workflows.Expressions;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows.Values;

/// <summary>A value of a run that may have parts elsewhere: JSON with nulls, and the references to the parts that belong in their places. Immutable.</summary>
public sealed record Bound
{
    public static Bound Null { get; } = new();

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Value { get; init; }

    public IReadOnlyList<InputRef>? Refs { get; init; }

    /// <summary>Whether it has more levels than JSON of clients may have. Parts elsewhere do not count: a part that would be too deep is omitted.</summary>
    [JsonIgnore]
    internal bool IsTooDeep => JsonValues.DepthOf(Value.Utf8) > Limits.MaxDepth;

    internal static Bound Of(RawJson value) => new() { Value = value };

    /// <summary>Returns the value that is the whole result of a task.</summary>
    internal static Bound OfTask(string task) => new() { Refs = [new InputRef { At = "", Task = task }] };

    internal static Bound OfInput(string run) => new() { Refs = [new InputRef { At = "", Run = run }] };

    /// <summary>Returns the list of the outputs of a map's items.</summary>
    internal static Bound OfItems(string run, string step) => new() { Refs = [new InputRef { At = "", Items = $"{run}/{step}" }] };

    /// <summary>Returns the part at a JSON pointer, without reading anything.</summary>
    internal Bound At(string pointer)
    {
        if (pointer.Length == 0) return this;
        var below = new List<InputRef>();
        foreach (var part in Refs ?? [])
        {
            if (Pointers.Below(pointer, part.At) is { } rest) return new() { Refs = [part with { At = "", Path = part.Path + rest }] };
            if (Pointers.Below(part.At, pointer) is { } inside) below.Add(part with { At = inside });
        }

        var value = JsonValues.At(Value.ToElement(), pointer);
        return new() { Value = value.ValueKind == JsonValueKind.Null ? default : RawJson.From(value), Refs = below.Count == 0 ? null : below };
    }
}
