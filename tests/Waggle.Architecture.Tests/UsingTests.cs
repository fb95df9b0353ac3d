namespace Waggle.Architecture.Tests;

/// <summary>
/// The order of using directives, which no analyzer of the build checks: namespaces, static types, aliases; those of System first, each group by name.
/// </summary>
public sealed class UsingTests
{
    private static readonly string[] Folders = ["src", "samples", "tests", "bench"];

    [Fact]
    public void Using_directives_are_sorted() =>
        Assert.Empty(Folders.SelectMany(folder => Repository.Files(folder, "*.cs")).Where(file => !IsSorted(File.ReadLines(file))).Select(Repository.Relative));

    [Theory]
    [InlineData("using System;", "using Waggle.Core;", "using static System.Math;", "using A = B.C;")]
    [InlineData("using Waggle;", "using Waggle.Core;")]
    public void A_sorted_file_is_accepted(params string[] lines) => Assert.True(IsSorted(lines));

    [Theory]
    [InlineData("using Waggle.Core;", "using System;")]
    [InlineData("using Waggle.Core;", "using Waggle;")]
    [InlineData("using static System.Math;", "using System;")]
    public void Another_order_is_found(params string[] lines) => Assert.False(IsSorted(lines));

    private static bool IsSorted(IEnumerable<string> lines)
    {
        var keys = lines
            .TakeWhile(line => !line.StartsWith("namespace ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';') && !line.Contains('('))
            .Select(line => Key(line["using ".Length..^1]))
            .ToList();
        return keys.SequenceEqual(keys.Order(StringComparer.OrdinalIgnoreCase), StringComparer.Ordinal);
    }

    // A name that is the beginning of another comes first, so its end sorts before every dot and letter.
    private static string Key(string directive)
    {
        if (directive.Contains('=')) return $"2 {directive}";
        const string Static = "static ";
        var isStatic = directive.StartsWith(Static, StringComparison.Ordinal);
        var name = isStatic ? directive[Static.Length..] : directive;
        var ofSystem = name == "System" || name.StartsWith("System.", StringComparison.Ordinal);
        return $"{(isStatic ? 1 : 0)}{(ofSystem ? 0 : 1)} {name.Replace('.', ' ')}";
    }
}
