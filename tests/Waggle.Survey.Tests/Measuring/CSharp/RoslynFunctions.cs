using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Waggle.Survey.Tests.Measuring.CSharp;

/// <summary>Finds the functions among the nodes, with their names, beginnings and ends. Only a node with a body is a function.</summary>
internal static class RoslynFunctions
{
    private const string TopLevel = "<top-level statements>";

    public static bool IsFunction(SyntaxNode node) => node switch
    {
        BaseMethodDeclarationSyntax method => method.Body is not null || method.ExpressionBody is not null,
        LocalFunctionStatementSyntax local => local.Body is not null || local.ExpressionBody is not null,
        AccessorDeclarationSyntax accessor => accessor.Body is not null || accessor.ExpressionBody is not null,
        // "int X => 1;" is a getter without the keyword; the arrow represents it.
        ArrowExpressionClauseSyntax { Parent: BasePropertyDeclarationSyntax } => true,
        // The compiler creates one method from all top-level statements.
        CompilationUnitSyntax unit => FirstStatement(unit) is not null,
        _ => false,
    };

    /// <summary>Returns the position of the name, so that attributes above it do not make a function longer.</summary>
    public static int Start(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.SpanStart,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.SpanStart,
        DestructorDeclarationSyntax destructor => destructor.Identifier.SpanStart,
        OperatorDeclarationSyntax op => op.OperatorKeyword.SpanStart,
        ConversionOperatorDeclarationSyntax conversion => conversion.OperatorKeyword.SpanStart,
        LocalFunctionStatementSyntax local => local.Identifier.SpanStart,
        AccessorDeclarationSyntax accessor => accessor.Keyword.SpanStart,
        ArrowExpressionClauseSyntax { Parent: PropertyDeclarationSyntax property } => property.Identifier.SpanStart,
        ArrowExpressionClauseSyntax { Parent: IndexerDeclarationSyntax indexer } => indexer.ThisKeyword.SpanStart,
        CompilationUnitSyntax unit => FirstStatement(unit)!.SpanStart,
        _ => node.SpanStart,
    };

    public static int End(SyntaxNode node) => node is CompilationUnitSyntax unit
        ? unit.Members.Last(member => member is GlobalStatementSyntax).Span.End
        : node.Span.End;

    public static string Name(SyntaxNode node) => Qualify(node, Own(node));

    private static string Own(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.ExplicitInterfaceSpecifier + method.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        DestructorDeclarationSyntax destructor => "~" + destructor.Identifier.Text,
        OperatorDeclarationSyntax op => "operator " + op.OperatorToken.Text,
        ConversionOperatorDeclarationSyntax conversion => $"{conversion.ImplicitOrExplicitKeyword.Text} operator {conversion.Type}",
        LocalFunctionStatementSyntax local => local.Identifier.Text,
        AccessorDeclarationSyntax { Parent.Parent: { } member } accessor => $"{Member(member)}.{accessor.Keyword.Text}",
        ArrowExpressionClauseSyntax { Parent: { } member } => Member(member) + ".get",
        _ => TopLevel,
    };

    private static string Member(SyntaxNode member) => member switch
    {
        PropertyDeclarationSyntax property => property.ExplicitInterfaceSpecifier + property.Identifier.Text,
        EventDeclarationSyntax e => e.ExplicitInterfaceSpecifier + e.Identifier.Text,
        _ => "this[]",
    };

    /// <summary>Prefixes types and enclosing functions. Namespaces are left out, because the file's path shows them.</summary>
    private static string Qualify(SyntaxNode node, string name)
    {
        for (var at = node.Parent; at is not null; at = at.Parent)
        {
            if (at is BaseTypeDeclarationSyntax type && type.Identifier.Text.Length > 0)
                name = $"{type.Identifier.Text}.{name}";
            else if (at is not CompilationUnitSyntax && IsFunction(at))
                name = $"{Own(at)}.{name}";
        }
        return name;
    }

    private static GlobalStatementSyntax? FirstStatement(CompilationUnitSyntax unit)
    {
        foreach (var member in unit.Members)
            if (member is GlobalStatementSyntax statement)
                return statement;
        return null;
    }
}
