using Waggle.Survey.Sources;

namespace Waggle.Survey.Tests.Sources;

public sealed class SourceTreeTests
{
    [Fact]
    public void Only_source_files_are_listed_in_ordinal_order_of_their_paths()
    {
        using var tree = new TempTree();
        tree.With("b.cs").With("a.py").With("a/z.go").With("a-b/c.rs").With("B.ts").With("README.md").With("x.json").With(".hidden/y.c").With("Rakefile").With(".cs");
        var paths = Paths(new SourceTree(tree.Root));
        Assert.Equal([".hidden/y.c", "B.ts", "Rakefile", "a-b/c.rs", "a.py", "a/z.go", "b.cs"], paths);
        Assert.Equal(paths.Order(StringComparer.Ordinal), paths);
    }

    [Fact]
    public void What_belongs_to_git_is_never_entered()
    {
        using var tree = new TempTree();
        tree.With(".git/hooks/a.sh").With("sub/.git/b.sh").With("sub/c.sh");
        Assert.Equal(["sub/c.sh"], Paths(new SourceTree(tree.Root)));
    }

    [Fact]
    public void Binary_and_large_files_are_skipped_with_a_reason()
    {
        using var tree = new TempTree();
        tree.With("binary.cs", [65, 0, 66]).With("large.cs", new byte[SourceTree.LargestFile + 1]).With("late.cs", [.. Enumerable.Repeat((byte)65, 8192), 0])
            .With("empty.cs", []).With("utf16.cs", [0xFF, 0xFE, 65, 0]);
        var source = new SourceTree(tree.Root);
        Assert.Equal(["empty.cs", "late.cs", "utf16.cs"], Paths(source));
        Assert.Equal([new("binary.cs", "binary"), new("large.cs", "larger than 2 MiB (2097153 bytes)")], source.Skipped);
    }

    [Fact]
    public void Symbolic_links_are_reported_and_not_followed()
    {
        using var tree = new TempTree();
        tree.With("a/b.cs");
        Directory.CreateSymbolicLink(Path.Combine(tree.Root, "a", "loop"), tree.Root);
        File.CreateSymbolicLink(Path.Combine(tree.Root, "c.cs"), Path.Combine(tree.Root, "a", "b.cs"));
        var source = new SourceTree(tree.Root);
        Assert.Equal(["a/b.cs"], Paths(source));
        Assert.Equal(["a/loop", "c.cs"], source.Skipped.Select(entry => entry.Path));
    }

    [Fact]
    public void A_directory_that_cannot_be_read_is_reported_and_the_rest_is_listed()
    {
        using var tree = new TempTree();
        tree.With("closed/a.cs").With("open/b.cs").With("z.cs");
        var source = new SourceTree(tree.Root, new RefusingReader("closed"));
        Assert.Equal(["open/b.cs", "z.cs"], Paths(source));
        Assert.Equal([new SkippedEntry("closed", "directory cannot be read: permission denied")], source.Skipped);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_reported_and_the_rest_is_listed()
    {
        using var tree = new TempTree();
        tree.With("a.cs").With("b.cs");
        var source = new SourceTree(tree.Root, new RefusingReader("a.cs"));
        Assert.Equal(["b.cs"], Paths(source));
        Assert.Equal([new SkippedEntry("a.cs", "file cannot be read: permission denied")], source.Skipped);
    }

    [Fact]
    public void Ignore_rules_above_the_directory_that_cannot_be_read_are_reported()
    {
        using var tree = new TempTree();
        tree.With(".git/HEAD").With(".gitignore", "*.py\n").With("src/a.cs").With("src/b.py");
        var source = new SourceTree(Path.Combine(tree.Root, "src"), new RefusingReader(".gitignore"));
        Assert.Equal(["a.cs", "b.py"], Paths(source));
        Assert.Equal([new SkippedEntry(".", "ignore rules above the directory cannot be read: permission denied")], source.Skipped);
    }

    [Fact]
    public void Directories_are_listed_only_when_the_walk_reaches_them()
    {
        using var tree = new TempTree();
        tree.With("a/a.cs").With("b/b.cs");
        var reader = new RefusingReader("nothing");
        using var files = new SourceTree(tree.Root, reader).Files(TestContext.Current.CancellationToken).GetEnumerator();
        Assert.Empty(reader.Listed);
        Assert.True(files.MoveNext());
        Assert.Equal(["", "a"], reader.Listed.Select(directory => Path.GetRelativePath(tree.Root, directory).Replace(".", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void Ten_thousand_files_are_listed()
    {
        using var tree = new TempTree();
        for (var i = 0; i < 10_000; i++)
            tree.With($"d{i % 100}/f{i}.cs", "");
        Assert.Equal(10_000, Paths(new SourceTree(tree.Root)).Count);
    }

    [Fact]
    public void A_check_says_in_one_line_what_is_wrong_with_a_directory()
    {
        using var tree = new TempTree();
        tree.With("file.cs");
        var missing = Path.Combine(tree.Root, "none");
        var file = Path.Combine(tree.Root, "file.cs");
        Assert.Null(SourceTree.Check(tree.Root));
        Assert.Equal($"'{missing}' does not exist", SourceTree.Check(missing));
        Assert.Equal($"'{file}' is not a directory", SourceTree.Check(file));
        Assert.Equal($"'{tree.Root}' cannot be read: permission denied", SourceTree.Check(tree.Root, new RefusingReader(Path.GetFileName(tree.Root))));
    }

    private static List<string> Paths(SourceTree tree) => [.. tree.Files(TestContext.Current.CancellationToken).Select(file => file.Path)];

    /// <summary>Reads the disk, and refuses one name.</summary>
    private sealed class RefusingReader(string name) : ITreeReader
    {
        public List<string> Listed { get; } = [];

        public IEnumerable<TreeEntry> List(string directory)
        {
            Refuse(directory);
            Listed.Add(Path.TrimEndingDirectorySeparator(directory));
            return DiskReader.Instance.List(directory);
        }

        public byte[] Head(string file, int count)
        {
            Refuse(file);
            return DiskReader.Instance.Head(file, count);
        }

        public string? ReadText(string file)
        {
            Refuse(file);
            return DiskReader.Instance.ReadText(file);
        }

        private void Refuse(string path)
        {
            if (Path.GetFileName(Path.TrimEndingDirectorySeparator(path)) == name)
                throw new UnauthorizedAccessException(path);
        }
    }
}
