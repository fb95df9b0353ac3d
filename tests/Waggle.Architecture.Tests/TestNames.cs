using System.Text.RegularExpressions;

namespace Waggle.Architecture.Tests;

/// <summary>The tests of the project by their sources, for pages that name them.</summary>
internal static partial class TestNames
{
    private static readonly Lazy<IReadOnlyList<string>> All = new(Read);

    /// <summary>Fails unless <paramref name="name"/>, for example <c>Class.Method</c>, is the end of the full name of one test or of one class of tests.</summary>
    /// <param name="row">The line of the page that names it, for the message.</param>
    public static void AssertOne(string name, string row)
    {
        var found = All.Value.Where(t => t.EndsWith($".{name}", StringComparison.Ordinal)).ToArray();
        Assert.True(found.Length == 1, $"'{row}' names '{name}', which is {(found.Length == 0 ? "no test" : string.Join(" and ", found))}: write Folder.Class.Method.");
    }

    private static IReadOnlyList<string> Read()
    {
        var tests = Sources().ToHashSet(StringComparer.Ordinal);
        var classes = tests.Select(t => t[..t.LastIndexOf('.')]).ToHashSet(StringComparer.Ordinal);
        Assert.True(classes.Count > 100, "The sources of the tests are not read.");
        return [.. tests, .. classes];
    }

    private static IEnumerable<string> Sources()
    {
        foreach (var path in Repository.Files("tests", "*.cs"))
        {
            var (text, type) = (File.ReadAllText(path), "");
            var space = Namespace().Match(text).Groups[1].Value;
            foreach (Match match in ClassOrTest().Matches(text))
            {
                if (match.Groups["type"].Success) type = match.Groups["type"].Value;
                else yield return $"{space}.{type}.{match.Groups["test"].Value}";
            }
        }
    }

    [GeneratedRegex(@"^namespace ([A-Za-z0-9_.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^(?:public |internal )?(?:sealed |abstract |partial )*class (?<type>\w+)|\[(?:Fact|Theory)\b[\s\S]*?^\s+public (?:async )?\w+ (?<test>\w+)\(", RegexOptions.Multiline)]
    private static partial Regex ClassOrTest();
}
