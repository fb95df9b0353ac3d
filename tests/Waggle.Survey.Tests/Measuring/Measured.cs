using Waggle.Survey.Measuring;

namespace Waggle.Survey.Tests.Measuring;

internal static class Measured
{
    /// <summary>Measures a text as a real file of the given name.</summary>
    public static FileMeasure File(string name, string text)
    {
        using var tree = new TempTree();
        tree.With(name, text);
        var result = Measurer.Measure(tree.Root, name, null, TestContext.Current.CancellationToken);
        Assert.Null(result.Failure);
        return result.Measure!;
    }

    public static void AssertLines(FileMeasure measure, int code, int comment, int blank)
    {
        Assert.Equal((code, comment, blank), (measure.CodeLines, measure.CommentLines, measure.BlankLines));
        Assert.Equal(code + comment + blank, measure.Lines);
    }

    public static void AssertFunctions(FileMeasure measure, int functions, int cyclomatic, int nesting, LongestFunction longest, ComplexFunction complex)
    {
        Assert.Equal((functions, cyclomatic, nesting), (measure.Functions, measure.Cyclomatic, measure.MaxNesting));
        Assert.Equal(longest, measure.LongestFunction);
        Assert.Equal(complex, measure.MostComplexFunction);
    }
}
