using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Waggle.Server.Tests.Spec;

/// <summary>A page of the specification: its fenced blocks and its tables.</summary>
internal sealed partial class SpecPage
{
    private readonly string[] _lines;

    private SpecPage(string name)
    {
        Name = name;
        _lines = File.ReadAllLines(Path.Combine(Root(), "spec", name));
        Blocks = [.. ReadBlocks()];
    }

    public string Name { get; }

    public IReadOnlyList<SpecBlock> Blocks { get; }

    public static SpecPage Protocol { get; } = new("waggle.v1.md");

    public static SpecPage Errors { get; } = new("errors.md");

    public static SpecPage CloseCodes { get; } = new("close-codes.md");

    public static SpecPage SocketIO { get; } = new("socket.io.md");

    /// <summary>The blocks of each heading that begins with "Scenario", in the order of the page.</summary>
    public IEnumerable<IGrouping<string, SpecBlock>> Scenarios => Blocks.Where(b => b.Heading.StartsWith("Scenario: ", StringComparison.Ordinal)).GroupBy(b => b.Heading["Scenario: ".Length..]);

    /// <summary>The rows of the first table under a heading, or of the one behind a line that begins like <paramref name="after"/>: cells without their white space.</summary>
    public IEnumerable<string[]> Table(string heading, string? after = null)
    {
        var rows = _lines.SkipWhile(l => l.TrimStart('#') != " " + heading || l[0] != '#').Skip(1);
        if (after is not null) rows = rows.SkipWhile(l => !l.StartsWith(after, StringComparison.Ordinal));
        return rows.SkipWhile(l => !l.StartsWith('|')).TakeWhile(l => l.StartsWith('|')).Skip(2)
            .Select(l => l.Trim().Trim('|').Split('|').Select(c => c.Trim()).ToArray());
    }

    /// <summary>The names in code marks, without the sign of what may be left out.</summary>
    public static string[] Names(string cell) => [.. Code().Matches(cell).Select(m => m.Groups[1].Value.TrimEnd('?'))];

    private IEnumerable<SpecBlock> ReadBlocks()
    {
        var heading = "";
        for (var i = 0; i < _lines.Length; i++)
        {
            if (_lines[i].StartsWith('#')) heading = _lines[i].TrimStart('#').Trim();
            if (!_lines[i].StartsWith("```", StringComparison.Ordinal)) continue;
            var words = _lines[i][3..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var start = i + 1;
            while (_lines[++i] != "```")
            {
            }

            if (words is ["json", ..]) yield return new SpecBlock(Name, start, heading, words[1..], string.Join('\n', _lines[start..i]));
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Waggle.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}

/// <summary>A fenced block. <paramref name="Line"/> is that of its fence.</summary>
internal sealed record SpecBlock(string Page, int Line, string Heading, string[] Words, string Text)
{
    /// <summary>client, hub, closed, operator; empty for an example that is only read.</summary>
    public string Role => Words is [var role, ..] ? role : "";

    public string Connection => Words.Skip(1).FirstOrDefault(w => w != "invalid") ?? "c1";

    /// <summary>A client's frame that the hub is to refuse.</summary>
    public bool IsInvalid => Words.Contains("invalid");

    public string Place => $"{Page}:{Line}";

    public JsonNode Json => JsonNode.Parse(Text)!;

    /// <summary>The messages of the frame: an array is its messages one after the other.</summary>
    public IReadOnlyList<JsonNode> Messages => Json is JsonArray array ? [.. array.Select(n => n!)] : [Json];

    public override string ToString() => $"{Place} ({string.Join(' ', Words)})";
}
