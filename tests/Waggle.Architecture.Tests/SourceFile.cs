using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Waggle.Architecture.Tests;

/// <summary>One C# file of the product, parsed.</summary>
internal sealed record SourceFile(string Path, CompilationUnitSyntax Syntax)
{
    private static readonly Lazy<SourceFile[]> Parsed = new(() =>
        [.. Repository.Files("src", "*.cs").Concat(Repository.Files("samples/Survey", "*.cs")).AsParallel().Select(path => Parse(Repository.Relative(path), File.ReadAllText(path))).OrderBy(f => f.Path, StringComparer.Ordinal)]);

    public static IReadOnlyList<SourceFile> OfTheProduct => Parsed.Value;

    public int Lines => Syntax.GetText().Lines.Count;

    /// <summary>The project of the file. The survey is among the samples, and the executable ships it.</summary>
    public string Project => Path.StartsWith("samples/", StringComparison.Ordinal) ? $"Waggle.{Path.Split('/')[1]}" : Path.Split('/')[1];

    /// <summary>The first folder below the project; empty for a file of the project's own folder.</summary>
    public string Folder => Path.Split('/') is { Length: > 3 } parts ? parts[2] : "";

    public IEnumerable<string> Usings => Syntax.Usings.Concat(Syntax.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().SelectMany(n => n.Usings))
        .Select(u => u.NamespaceOrType.ToString());

    public IEnumerable<TypeDeclarationSyntax> Types => Syntax.DescendantNodes().OfType<TypeDeclarationSyntax>();

    public static SourceFile Parse(string path, string text) => new(path, CSharpSyntaxTree.ParseText(text).GetCompilationUnitRoot());

    /// <summary>The name of a type with its namespace and the types around it.</summary>
    public static string NameOf(TypeDeclarationSyntax type) => string.Join('.', type.AncestorsAndSelf().Reverse().Select(node => node switch
    {
        BaseNamespaceDeclarationSyntax space => space.Name.ToString(),
        TypeDeclarationSyntax declared => declared.Identifier.ValueText + (declared.TypeParameterList is { } generic ? $"`{generic.Parameters.Count}" : ""),
        _ => null,
    }).Where(part => part is not null));

    /// <summary>The names that the file declares: of types, of members, and of the positional properties of records.</summary>
    public IEnumerable<(string Name, bool IsType)> Declared()
    {
        foreach (var node in Syntax.DescendantNodes())
        {
            switch (node)
            {
                case BaseTypeDeclarationSyntax type: yield return (type.Identifier.ValueText, true); break;
                case DelegateDeclarationSyntax type: yield return (type.Identifier.ValueText, true); break;
                case MethodDeclarationSyntax method: yield return (method.Identifier.ValueText, false); break;
                case PropertyDeclarationSyntax property: yield return (property.Identifier.ValueText, false); break;
                case EventDeclarationSyntax occurrence: yield return (occurrence.Identifier.ValueText, false); break;
                case EnumMemberDeclarationSyntax value: yield return (value.Identifier.ValueText, false); break;
                case VariableDeclaratorSyntax { Parent.Parent: BaseFieldDeclarationSyntax } field: yield return (field.Identifier.ValueText.TrimStart('_'), false); break;
                case ParameterSyntax { Parent.Parent: RecordDeclarationSyntax } parameter: yield return (parameter.Identifier.ValueText, false); break;
            }
        }
    }
}
