using Waggle.Dialects.Mapping;

namespace Waggle.Dialects.Tests.Support;

/// <summary>A dialect's page of the specification. Its tables and example frames equal those of the code, line by line.</summary>
internal sealed class Page
{
    private readonly string[] _lines;

    private Page(string[] lines) => _lines = lines;

    public static Page Of(DialectEntry entry) => Of($"dialects/{entry.Name}.md");

    /// <param name="path">The path below spec.</param>
    public static Page Of(string path) => new(File.ReadAllLines(Path.Combine(Root(), "spec", path)));

    /// <summary>Returns the lines of the first table under a heading.</summary>
    public IEnumerable<string> Table(string heading) => Under(heading).SkipWhile(l => !l.StartsWith('|')).TakeWhile(l => l.StartsWith('|'));

    /// <summary>Returns the lines of all code under a heading.</summary>
    public IEnumerable<string> Code(string heading)
    {
        var inside = false;
        foreach (var line in Under(heading))
        {
            if (line.StartsWith("```", StringComparison.Ordinal)) inside = !inside;
            else if (inside) yield return line;
        }
    }

    /// <summary>Returns the text under a heading.</summary>
    public string Text(string heading) => string.Join('\n', Under(heading));

    public static void AssertSame(IEnumerable<string> code, IEnumerable<string> page)
    {
        var (expected, actual) = (code.ToArray(), page.ToArray());
        Assert.True(expected.SequenceEqual(actual), $"The page has to say:\n\n{string.Join('\n', expected)}\n\nMissing there: {string.Join('\n', expected.Except(actual))}\nToo much there: {string.Join('\n', actual.Except(expected))}");
    }

    /// <summary>Returns the expected table of the messages that records become.</summary>
    public static IEnumerable<string> Rows(IEnumerable<MessageMap> maps) =>
        ["| message | of the record | when | fields: from |", "|---|---|---|---|", .. maps.Select(m => $"| `{m.Message}` | `{m.Kind}` | {m.When} | {string.Join("; ", m.Fields.Select(f => $"`{f.Name}`: {f.From}"))} |")];

    private IEnumerable<string> Under(string heading) =>
        _lines.SkipWhile(l => l.TrimStart('#') != " " + heading || l[0] != '#').Skip(1).TakeWhile(l => !l.StartsWith('#'));

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Waggle.slnx"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No Waggle.slnx above the tests.");
        return folder;
    }
}
