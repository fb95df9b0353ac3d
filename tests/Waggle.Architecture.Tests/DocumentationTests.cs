using System.Text.RegularExpressions;

namespace Waggle.Architecture.Tests;

/// <summary>The pages of the repository agree with each other and with its files.</summary>
public sealed partial class DocumentationTests
{
    private static readonly char[] Blanks = [' ', '\t', '\r', '\n'];

    /// <summary>README, SECURITY, CONTRIBUTING, ARCHITECTURE and the pages of docs, spec, bench and samples.</summary>
    private static IEnumerable<string> Pages =>
        Directory.EnumerateFiles(Repository.Root, "*.md").Concat(new[] { "docs", "spec", "bench", "samples" }
            .Where(folder => Directory.Exists(Path.Combine(Repository.Root, folder))).SelectMany(folder => Repository.Files(folder, "*.md")));

    [Fact]
    public void The_README_has_under_900_words()
    {
        var words = Read("README.md").Split(Blanks, StringSplitOptions.RemoveEmptyEntries).Length;
        Assert.True(words < 900, $"README.md has {words} words: move details to docs, figures to bench/RESULTS.md.");
    }

    [Fact]
    public void The_index_links_each_file_of_docs()
    {
        var linked = Links("docs/README.md").ToHashSet(StringComparer.Ordinal);
        var folder = Path.Combine(Repository.Root, "docs");
        var files = Repository.Files("docs", "*").Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')).Where(f => f is not "README.md");
        Assert.All(files, f => Assert.True(linked.Contains(f), $"docs/README.md does not link docs/{f}: add its row."));
    }

    [Fact]
    public void Each_word_of_the_vocabulary_has_one_line_in_the_glossary()
    {
        var lines = GlossaryRow().Matches(Read("docs/glossary.md").Split("## Names that were replaced")[0]).Select(m => (Word: m.Groups[1].Value, Meaning: m.Groups[2].Value)).ToArray();
        Assert.Equal(lines.Select(l => l.Word).Order(StringComparer.Ordinal).Distinct(), lines.Select(l => l.Word));
        Assert.All(lines, l => Assert.True(l.Meaning.EndsWith('.') && l.Meaning.Length > 10, $"The meaning of '{l.Word}' is no sentence."));
        var vocabulary = Vocabulary().Match(Read("CONTRIBUTING.md"));
        Assert.True(vocabulary.Success, "CONTRIBUTING.md has no line with the vocabulary.");
        Assert.Subset(lines.Select(l => l.Word).ToHashSet(), vocabulary.Groups[1].Value.Split(", ").ToHashSet());
    }

    [Fact]
    public void Each_test_class_that_SECURITY_names_exists()
    {
        var classes = Repository.Files("tests", "*.cs").Select(f => Path.GetFileNameWithoutExtension(f)).ToHashSet(StringComparer.Ordinal);
        var named = TestClass().Matches(Read("SECURITY.md")).Select(m => m.Groups[1].Value).ToArray();
        Assert.NotEmpty(named);
        Assert.All(named, n => Assert.True(classes.Contains(n), $"SECURITY.md names {n}, which no file of tests is named after."));
    }

    [Fact]
    public void Each_relative_link_leads_to_a_file_or_folder()
    {
        var dead = from page in Pages
                   from link in Links(page)
                   where !link.Contains(':', StringComparison.Ordinal) && !link.StartsWith('#') && !link.StartsWith('/')
                   let target = Path.Combine(Path.GetDirectoryName(Path.Combine(Repository.Root, page))!, link.Split('#')[0])
                   where !Path.Exists(target)
                   select $"{Path.GetRelativePath(Repository.Root, Path.Combine(Repository.Root, page))}: {link}";
        Assert.Empty(dead);
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    private static IEnumerable<string> Links(string page) => Link().Matches(Code().Replace(Read(page), "")).Select(m => m.Groups[1].Value);

    [GeneratedRegex(@"```.*?```|`[^`\n]*`", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^\| (?!word \|)([a-z ]+) \| (.+) \|\r?$", RegexOptions.Multiline)]
    private static partial Regex GlossaryRow();

    [GeneratedRegex(@"Words are those of .*: ([a-z, ]+)\.")]
    private static partial Regex Vocabulary();

    [GeneratedRegex("`([A-Za-z]+Tests)`")]
    private static partial Regex TestClass();
}
