using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Waggle.Survey.Measuring;

namespace Waggle.Survey.Tests.Measuring.CSharp;

internal static class RoslynLines
{
    public static LineTally Count(SyntaxNode root, SourceText source)
    {
        // After a final line end Roslyn counts one more, empty, line.
        var lines = source.Lines.Count - (source.Lines[^1].Span.IsEmpty ? 1 : 0);
        var tally = new LineTally(lines);
        foreach (var token in root.DescendantTokens())
        {
            foreach (var trivia in token.LeadingTrivia)
                Mark(trivia, tally, source);
            // All lines of a token count as code, including blank ones, which are data inside a string.
            if (token.Span.Length > 0)
                for (var (line, last) = Range(token.Span, source); line <= last; line++)
                    tally.Code(line);
            foreach (var trivia in token.TrailingTrivia)
                Mark(trivia, tally, source);
        }
        return tally;
    }

    private static void Mark(SyntaxTrivia trivia, LineTally tally, SourceText source)
    {
        var kind = trivia.Kind();
        if (kind is SyntaxKind.WhitespaceTrivia or SyntaxKind.EndOfLineTrivia)
            return;
        var isComment = kind is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
            or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia;
        var (first, last) = Range(trivia.Span, source);
        for (var line = first; line <= last; line++)
        {
            var span = source.Lines[line].Span.Intersection(trivia.Span);
            if (span is not { Length: > 0 } part || string.IsNullOrWhiteSpace(source.ToString(part)))
                continue;
            if (isComment)
                tally.Comment(line);
            else
                tally.Code(line);
        }
    }

    private static (int First, int Last) Range(TextSpan span, SourceText source)
    {
        var first = source.Lines.IndexOf(span.Start);
        // Most tokens end on their first line; the second search is for strings and comments only.
        return (first, span.End <= source.Lines[first].EndIncludingLineBreak ? first : source.Lines.IndexOf(span.End - 1));
    }
}
