using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Waggle.Architecture.Tests;

/// <summary>
/// A type has at most 400 lines over all its files. A partial file is for log messages and generated code only, so that a split by files hides no size.
/// </summary>
public sealed class TypeSizeTests
{
    private const int MostLines = 400;

    [Fact]
    public void A_type_has_at_most_400_lines_over_all_its_files()
    {
        var large = SourceFile.OfTheProduct.SelectMany(f => f.Types.Where(t => t.Parent is not TypeDeclarationSyntax))
            .GroupBy(SourceFile.NameOf, t => t.GetText().Lines.Count - 1)
            .Where(t => t.Sum() > MostLines)
            .Select(t => t.Key);
        Assert.All(large, t => Assert.Fail(t));
    }

    [Fact]
    public void A_type_has_a_second_file_only_for_its_log_messages()
    {
        var cut = SourceFile.OfTheProduct
            .Where(f => !f.Path.EndsWith(".Log.cs", StringComparison.Ordinal))
            .SelectMany(f => f.Types.Where(t => t.Modifiers.Any(m => m.IsKind(SyntaxKind.PartialKeyword))).Select(t => (Type: SourceFile.NameOf(t), f.Path)))
            .GroupBy(t => t.Type, t => t.Path)
            .Where(t => t.Distinct().Count() > 1)
            .Select(t => t.Key);
        Assert.All(cut, t => Assert.Fail(t));
    }
}
