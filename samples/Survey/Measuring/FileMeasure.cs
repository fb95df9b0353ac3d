namespace Waggle.Survey.Measuring;

/// <summary>The figures of one file. Null means unknown, never zero; <see cref="Note"/> then has the reason.</summary>
internal sealed record FileMeasure
{
    public required string Path { get; init; }

    public required string Language { get; init; }

    /// <summary>The method: <c>lexical</c>, by tokens. Reports of earlier versions also have <c>roslyn</c>, by a syntax tree; see docs/survey.md.</summary>
    public required string Method { get; init; }

    public required long Bytes { get; init; }

    public required int Lines { get; init; }

    public required int CodeLines { get; init; }

    public required int CommentLines { get; init; }

    public required int BlankLines { get; init; }

    public int? Functions { get; init; }

    public LongestFunction? LongestFunction { get; init; }

    public ComplexFunction? MostComplexFunction { get; init; }

    public int? MaxNesting { get; init; }

    /// <summary>The sum of one for each function and one for each decision in the file, inside and outside functions.</summary>
    public int? Cyclomatic { get; init; }

    public string? Note { get; init; }
}

internal sealed record LongestFunction(string Name, int Line, int Lines);

internal sealed record ComplexFunction(string Name, int Line, int Complexity);

/// <summary>A measure, or the reason for its absence in one line.</summary>
internal sealed record MeasureResult(FileMeasure? Measure, string? Failure);
