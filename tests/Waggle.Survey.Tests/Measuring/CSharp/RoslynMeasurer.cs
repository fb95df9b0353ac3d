using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Waggle.Survey.Measuring;
using Waggle.Survey.Sources;

namespace Waggle.Survey.Tests.Measuring.CSharp;

/// <summary>Measures C# by its syntax tree. It compiles nothing, so it needs no references and no file depends on another.</summary>
internal static class RoslynMeasurer
{
    // Comments are counted by line, so the content of documentation comments is not parsed.
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview, DocumentationMode.None);

    public static FileMeasure Measure(string path, string text, long bytes, IProgress<double>? progress, CancellationToken cancellation)
    {
        var source = SourceText.From(text);
        var tree = CSharpSyntaxTree.ParseText(source, Options, path, cancellation);
        var root = tree.GetRoot(cancellation);
        progress?.Report(0.6);
        var lines = RoslynLines.Count(root, source);
        var (code, comment, blank) = lines.Count();
        var tally = new FunctionTally();
        Walk(root, tally, source, cancellation);
        return new FileMeasure
        {
            Path = path,
            Language = SourceLanguages.CSharp,
            Method = "roslyn",
            Bytes = bytes,
            Lines = lines.Lines,
            CodeLines = code,
            CommentLines = comment,
            BlankLines = blank,
            Functions = tally.Functions,
            LongestFunction = tally.Longest,
            MostComplexFunction = tally.MostComplex,
            MaxNesting = tally.MaxNesting,
            Cyclomatic = tally.Cyclomatic,
            Note = Note(tree),
        };
    }

    /// <summary>Walks on a thread with a large stack, because generated code nests expressions deeper than a usual stack permits.</summary>
    private static void Walk(SyntaxNode root, FunctionTally tally, SourceText source, CancellationToken cancellation)
    {
        var work = new Stack<(SyntaxNode Node, bool Leaving)>();
        work.Push((root, false));
        while (work.TryPop(out var step))
        {
            var (node, leaving) = step;
            if (leaving)
            {
                if (RoslynFunctions.IsFunction(node))
                    tally.End(source.Lines.IndexOf(RoslynFunctions.End(node)) + 1);
                else
                    tally.Shallower();
                continue;
            }
            cancellation.ThrowIfCancellationRequested();
            if (RoslynFunctions.IsFunction(node))
            {
                tally.Begin(RoslynFunctions.Name(node), source.Lines.IndexOf(RoslynFunctions.Start(node)) + 1);
                work.Push((node, true));
            }
            else if (RoslynDecisions.Nests(node))
            {
                tally.Deeper();
                work.Push((node, true));
            }
            var decisions = RoslynDecisions.Of(node);
            if (decisions > 0)
                tally.Decide(decisions);
            foreach (var child in node.ChildNodesAndTokens().Reverse())
                if (child.AsNode() is { } inner)
                    work.Push((inner, false));
        }
    }

    private static string? Note(SyntaxTree tree)
    {
        var errors = 0;
        foreach (var diagnostic in tree.GetDiagnostics())
            if (diagnostic.Severity == DiagnosticSeverity.Error)
                errors++;
        return errors == 0 ? null : $"{errors} syntax error(s); the figures are of what could be parsed";
    }
}
