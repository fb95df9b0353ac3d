using System.Text.Json;

namespace Waggle.Core.Workflows.Expressions;

/// <summary>The type of a value, as far as the text tells it.</summary>
internal enum ValueType
{
    /// <summary>A value of a run, whose type is known when it is there.</summary>
    Unknown,
    Boolean,
    Number,
    Text,
    Null,
}

/// <summary>
/// A condition over the values of a run. Its whole language: paths, texts, numbers, true, false, null, the comparisons == != &lt; &lt;= &gt; &gt;=, and,
/// or, not and parentheses. Immutable.
/// </summary>
internal abstract record Expression(int At)
{
    public abstract ValueType Type { get; }

    /// <summary>The paths that the expression reads.</summary>
    public abstract IEnumerable<PathRef> Paths { get; }

    /// <summary>Returns the value of the expression.</summary>
    /// <param name="valueOf">Returns the value at a path; a JSON null if nothing is there.</param>
    /// <exception cref="ExpressionException">A value has a type that the operation does not take.</exception>
    public abstract JsonElement Evaluate(Func<PathRef, JsonElement> valueOf);

    /// <summary>Returns whether the condition is true.</summary>
    /// <exception cref="ExpressionException">A value has a type that the operation does not take.</exception>
    public bool IsTrue(Func<PathRef, JsonElement> valueOf) => Truth(this, valueOf);

    private protected static bool Truth(Expression part, Func<PathRef, JsonElement> valueOf)
    {
        var value = part.Evaluate(valueOf);
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new ExpressionException(part.At, $"{part} is {JsonValues.Describe(value)}, and true or false is needed"),
        };
    }
}

internal sealed record Literal(int At, JsonElement Value) : Expression(At)
{
    public override ValueType Type => Value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => ValueType.Boolean,
        JsonValueKind.Number => ValueType.Number,
        JsonValueKind.String => ValueType.Text,
        _ => ValueType.Null,
    };

    public override IEnumerable<PathRef> Paths => [];

    public override JsonElement Evaluate(Func<PathRef, JsonElement> valueOf) => Value;

    public override string ToString() => Value.GetRawText();
}

internal sealed record PathValue(int At, PathRef Path) : Expression(At)
{
    public override ValueType Type => Path.Root switch
    {
        PathRoot.State => ValueType.Text,
        PathRoot.Index => ValueType.Number,
        _ => ValueType.Unknown,
    };

    public override IEnumerable<PathRef> Paths => [Path];

    public override JsonElement Evaluate(Func<PathRef, JsonElement> valueOf) => valueOf(Path);

    public override string ToString() => Path.ToString();
}

internal sealed record Negation(int At, Expression Of) : Expression(At)
{
    public override ValueType Type => ValueType.Boolean;

    public override IEnumerable<PathRef> Paths => Of.Paths;

    public override JsonElement Evaluate(Func<PathRef, JsonElement> valueOf) => JsonValues.Of(!Truth(Of, valueOf));

    public override string ToString() => $"not {Of}";
}

/// <param name="IsOr">Whether one true part is enough.</param>
internal sealed record Connection(int At, bool IsOr, Expression Left, Expression Right) : Expression(At)
{
    public override ValueType Type => ValueType.Boolean;

    public override IEnumerable<PathRef> Paths => Left.Paths.Concat(Right.Paths);

    // The right part is evaluated only if it matters, so that a condition may test for null first.
    public override JsonElement Evaluate(Func<PathRef, JsonElement> valueOf) =>
        JsonValues.Of(IsOr ? Truth(Left, valueOf) || Truth(Right, valueOf) : Truth(Left, valueOf) && Truth(Right, valueOf));

    public override string ToString() => $"({Left} {(IsOr ? "or" : "and")} {Right})";
}

internal sealed record Comparison(int At, string Operator, Expression Left, Expression Right) : Expression(At)
{
    public override ValueType Type => ValueType.Boolean;

    public override IEnumerable<PathRef> Paths => Left.Paths.Concat(Right.Paths);

    public override JsonElement Evaluate(Func<PathRef, JsonElement> valueOf)
    {
        var (left, right) = (Left.Evaluate(valueOf), Right.Evaluate(valueOf));
        if (Operator is "==" or "!=") return JsonValues.Of(JsonElement.DeepEquals(left, right) == (Operator == "=="));
        var order = JsonValues.Compare(left, right) ?? throw new ExpressionException(
            At, $"'{Operator}' compares two numbers or two texts; {Left} is {JsonValues.Describe(left)} and {Right} is {JsonValues.Describe(right)}");
        return JsonValues.Of(Operator switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        });
    }

    public override string ToString() => $"{Left} {Operator} {Right}";
}
