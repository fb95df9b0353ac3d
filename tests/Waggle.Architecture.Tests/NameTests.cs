using System.Text.RegularExpressions;

namespace Waggle.Architecture.Tests;

/// <summary>The table "Names that were replaced" of the glossary: a name in it is not declared again.</summary>
public sealed partial class NameTests
{
    // Names of the wire, and of public types that carry them. They stay as they are.
    private static readonly string[] OfTheWire =
    [
        "src/Waggle.Protocol/", // messages and views are the wire's names
        "Waggle.Client/WaggleException.cs: Missed", // the code MISSED of the SDK's public API
    ];

    private static readonly (string[] Names, bool TypesOnly)[] Replaced = [.. Read()];

    [Fact]
    public void The_glossary_lists_the_names_that_were_replaced() => Assert.True(Replaced.Sum(r => r.Names.Length) > 40, "The table of replaced names was not found whole.");

    [Fact]
    public void No_type_member_or_file_has_a_name_that_was_replaced()
    {
        var everywhere = Replaced.Where(r => !r.TypesOnly).SelectMany(r => r.Names).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var types = Replaced.SelectMany(r => r.Names).ToHashSet(StringComparer.Ordinal);
        var found =
            from file in SourceFile.OfTheProduct
            let name = Path.GetFileName(file.Path).Split('.')[0]
            from declared in file.Declared().Append((Name: name, IsType: true))
            where declared.IsType ? types.Contains(declared.Name) : everywhere.Contains(declared.Name)
            let message = $"{file.Path}: {declared.Name}"
            where !OfTheWire.Any(allowed => message.Contains(allowed, StringComparison.Ordinal))
            select message;
        Assert.All(found.Distinct(), message => Assert.Fail(message));
    }

    private static IEnumerable<(string[] Names, bool TypesOnly)> Read() =>
        File.ReadLines(Path.Combine(Repository.Root, "docs", "glossary.md")).Select(line => Row().Match(line)).Where(row => row.Success)
            .Select(row => (row.Groups["old"].Value.Split(", "), row.Groups["scope"].Value == "type"));

    [GeneratedRegex(@"^\| (?<old>[A-Z]\w+(, [A-Z]\w+)*) \| [^|]+ \| (?<scope>type|any) \|$")]
    private static partial Regex Row();
}
