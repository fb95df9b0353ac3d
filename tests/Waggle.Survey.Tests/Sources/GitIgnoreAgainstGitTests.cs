using Waggle.Survey.Sources;

namespace Waggle.Survey.Tests.Sources;

public sealed class GitIgnoreAgainstGitTests
{
    private static readonly string[] Names = ["a", "b", "ab", "a b", "bin", "src", "#x", "!y", "[z]", "deep"];

    private static readonly string[] Patterns =
    [
        "a.cs", "/a.cs", "*.py", "!*.py", "bin/", "/bin/", "!bin/", "src/*", "!src/a.cs", "**/deep", "deep/**", "src/**/a.cs", "a*", "?.go",
        "[ab].cs", "[!ab].cs", "[^a]?.py", "\\#x.cs", "\\!y.cs", "\\[z\\].cs", "[[:punct:]]y.*", "a\\ b.cs", "a b.py   ", "# comment", "", "/src/deep/",
        "*/a.go", "/*/*/b.cs", "**/bin/**", "!/src", "**", "!**/", "!*.cs", "a?b.*", "[a-", "src/", "/a", "b/**/", "*.[cg][so]", "/**/ab.py", "x**y", "a**", "!a/",
    ];

    [Fact]
    public void The_walk_lists_what_git_lists_on_a_written_tree()
    {
        GitTool.RequireOrSkip();
        using var tree = new TempTree();
        tree.With(".gitignore", "bin/\n*.gen.cs\n!keep.gen.cs\n/top.cs\ndoc/**/x.cs\n")
            .With("bin/a.cs").With("src/bin/a.cs").With("a.gen.cs").With("src/keep.gen.cs").With("top.cs").With("src/top.cs")
            .With("doc/x.cs").With("doc/a/b/x.cs").With("doc/a/y.cs")
            .With("src/.gitignore", "*.py\n!/main.py\nlocal/\n").With("src/main.py").With("src/deep/main.py").With("src/local/a.cs")
            .With("src/deep/.gitignore", "!*.py\n!*.gen.cs\n").With("src/deep/other.py").With("src/deep/b.gen.cs")
            .With("excluded.cs").With("src/excluded.cs");
        Init(tree).With(".git/info/exclude", "/excluded.cs\n");
        AssertSame(tree.Root, "");
        AssertSame(tree.Root, "src/deep/");
        Assert.Contains("src/main.py", Listed(tree.Root));
        Assert.DoesNotContain("excluded.cs", Listed(tree.Root));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void The_walk_lists_what_git_lists_on_generated_trees(int seed)
    {
        GitTool.RequireOrSkip();
        var dice = new Random(seed);
        using var tree = new TempTree();
        Fill(tree, "", 3, dice);
        Init(tree);
        AssertSame(tree.Root, "");
    }

    [Fact]
    public void A_linked_work_tree_takes_the_exclude_file_of_its_repository()
    {
        GitTool.RequireOrSkip();
        using var tree = new TempTree();
        Init(tree).With(".git/info/exclude", "/main/\nhidden.cs\n");
        GitTool.Run(tree.Root, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "--allow-empty", "-m", "first");
        GitTool.Run(tree.Root, "worktree", "add", "-q", Path.Combine(tree.Root, "main"));
        tree.With("main/seen.cs").With("main/hidden.cs");
        Assert.Equal(["seen.cs"], Listed(Path.Combine(tree.Root, "main")));
    }

    private static TempTree Init(TempTree tree)
    {
        GitTool.Run(tree.Root, "init", "-q");
        return tree;
    }

    private static void Fill(TempTree tree, string path, int depth, Random dice)
    {
        for (var i = 0; i < 5; i++)
            tree.With(path + Names[dice.Next(Names.Length)] + new[] { ".cs", ".py", ".go" }[dice.Next(3)]);
        if (dice.Next(3) > 0)
            tree.With(path + ".gitignore", string.Join('\n', Enumerable.Range(0, dice.Next(1, 7)).Select(_ => Patterns[dice.Next(Patterns.Length)])));
        for (var i = 0; depth > 0 && i < 4; i++)
            Fill(tree, path + Names[dice.Next(Names.Length)] + "/", depth - 1, dice);
    }

    private static void AssertSame(string root, string below)
    {
        var git = GitTool.Run(Path.Combine(root, below), "ls-files", "-z", "-co", "--exclude-standard")
            .Where(path => SourceLanguages.Of(path) is not null).Order(StringComparer.Ordinal);
        Assert.Equal(git, Listed(Path.Combine(root, below)));
    }

    private static List<string> Listed(string root) => [.. new SourceTree(root).Files(TestContext.Current.CancellationToken).Select(file => file.Path)];
}
