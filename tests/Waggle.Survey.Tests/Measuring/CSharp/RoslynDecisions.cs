using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Waggle.Survey.Tests.Measuring.CSharp;

/// <summary>
/// The nodes that count as decisions. T. J. McCabe, "A Complexity Measure", IEEE Transactions on Software Engineering SE-2(4), 1976: the number of a structured
/// program is its predicates plus one, and a compound predicate counts once for each condition.
/// </summary>
internal static class RoslynDecisions
{
    public static int Of(SyntaxNode node) => node.Kind() switch
    {
        SyntaxKind.IfStatement or SyntaxKind.ConditionalExpression => 1,
        SyntaxKind.ForStatement or SyntaxKind.ForEachStatement or SyntaxKind.ForEachVariableStatement => 1,
        SyntaxKind.WhileStatement or SyntaxKind.DoStatement => 1,
        SyntaxKind.CaseSwitchLabel or SyntaxKind.CasePatternSwitchLabel => 1,
        // The discard arm is the "default" of the switch expression.
        SyntaxKind.SwitchExpressionArm => ((SwitchExpressionArmSyntax)node).Pattern is DiscardPatternSyntax ? 0 : 1,
        SyntaxKind.CatchClause => 1,
        // A "when" is a condition beside the pattern or the exception type that it follows.
        SyntaxKind.WhenClause or SyntaxKind.CatchFilterClause => 1,
        SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression => 1,
        SyntaxKind.CoalesceExpression or SyntaxKind.CoalesceAssignmentExpression => 1,
        // "x is > 0 and < 9" equals "x > 0 && x < 9" and must have the same number.
        SyntaxKind.AndPattern or SyntaxKind.OrPattern => 1,
        _ => 0,
    };

    /// <summary>Whether the contents of a node are one level deeper: the statements and the one expression. "else if" continues its "if".</summary>
    public static bool Nests(SyntaxNode node) => node.Kind() switch
    {
        SyntaxKind.IfStatement => node.Parent is not ElseClauseSyntax,
        SyntaxKind.ForStatement or SyntaxKind.ForEachStatement or SyntaxKind.ForEachVariableStatement => true,
        SyntaxKind.WhileStatement or SyntaxKind.DoStatement => true,
        SyntaxKind.SwitchStatement or SyntaxKind.SwitchExpression => true,
        SyntaxKind.TryStatement => true,
        _ => false,
    };
}
