namespace Waggle.Survey.Sources;

/// <summary>
/// The source files below a directory, in ordinal order of their paths. It lists one directory at a time. It leaves out the files that git ignores, see
/// docs/survey.md; <see cref="Skipped"/> has those that could not be read.
/// </summary>
internal sealed class SourceTree
{
    public const long LargestFile = 2 * 1024 * 1024;

    private readonly string _root;
    private readonly ITreeReader _reader;
    private readonly List<SkippedEntry> _skipped = [];

    public SourceTree(string root, ITreeReader? reader = null)
    {
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        _reader = reader ?? DiskReader.Instance;
    }

    /// <summary>Complete once <see cref="Files"/> has been enumerated to its end.</summary>
    public IReadOnlyList<SkippedEntry> Skipped => _skipped;

    /// <summary>Returns the error of a directory to survey, in one line; null if it is valid.</summary>
    public static string? Check(string dir, ITreeReader? reader = null)
    {
        if (File.Exists(dir))
            return $"'{dir}' is not a directory";
        if (!Directory.Exists(dir))
            return $"'{dir}' does not exist";
        try
        {
            using var entries = (reader ?? DiskReader.Instance).List(Path.GetFullPath(dir)).GetEnumerator();
            entries.MoveNext();
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return $"'{dir}' cannot be read: {Reason(refused)}";
        }
    }

    public IEnumerable<SourceFile> Files(CancellationToken cancellation = default)
    {
        _skipped.Clear();
        var (ignore, prefix) = Surroundings();
        var levels = new Stack<Level>();
        levels.Push(Open("", ignore, prefix));
        while (levels.TryPeek(out var level))
        {
            cancellation.ThrowIfCancellationRequested();
            if (level.Next >= level.Entries.Count)
            {
                levels.Pop();
                continue;
            }
            var entry = level.Entries[level.Next++];
            var path = level.Path + entry.Name;
            if (IsLeftOut(entry, path, level.Ignore, prefix))
                continue;
            if (entry.IsDirectory)
                levels.Push(Open(path + "/", level.Ignore, prefix));
            else if (AsSource(entry, path) is { } file)
                yield return file;
        }
    }

    private GitWorkTree.Surroundings Surroundings()
    {
        try
        {
            return GitWorkTree.Around(_root, _reader);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Skip(".", "ignore rules above the directory cannot be read: " + Reason(refused));
            return new GitWorkTree.Surroundings(GitIgnore.None, "");
        }
    }

    private bool IsLeftOut(TreeEntry entry, string path, GitIgnore ignore, string prefix)
    {
        if (entry.Name == ".git" || ignore.Excludes(prefix + path, entry.IsDirectory && !entry.IsLink))
            return true;
        if (!entry.IsLink)
            return false;
        // A link can lead in circles, out of the tree, or to a file that is measured under its own name.
        if (entry.IsDirectory || SourceLanguages.Of(entry.Name) is not null)
            Skip(path, "symbolic link, not followed");
        return true;
    }

    private Level Open(string path, GitIgnore ignore, string prefix)
    {
        var entries = new List<TreeEntry>();
        try
        {
            entries.AddRange(_reader.List(Path.Combine(_root, path)));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Skip(path.Length == 0 ? "." : path.TrimEnd('/'), "directory cannot be read: " + Reason(refused));
        }
        entries.Sort(PathOrder);
        return new Level(path, entries, WithOwnRules(path, entries, ignore, prefix));
    }

    private GitIgnore WithOwnRules(string path, List<TreeEntry> entries, GitIgnore ignore, string prefix)
    {
        // git does not follow a .gitignore that is a symbolic link, either.
        if (!entries.Exists(entry => entry is { Name: ".gitignore", IsDirectory: false, IsLink: false }))
            return ignore;
        try
        {
            return ignore.Within(prefix + path, _reader.ReadText(Path.Combine(_root, path, ".gitignore")) ?? "");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Skip(path + ".gitignore", "ignore rules cannot be read: " + Reason(refused));
            return ignore;
        }
    }

    private SourceFile? AsSource(TreeEntry entry, string path)
    {
        if (SourceLanguages.Of(entry.Name) is not { } language)
            return null;
        if (entry.Length > LargestFile)
            return Skip(path, $"larger than 2 MiB ({entry.Length} bytes)");
        try
        {
            // A file without a length needs no read. A named pipe has none, and opening it would block.
            if (entry.Length > 0 && SourceBytes.IsBinary(_reader.Head(Path.Combine(_root, path), SourceBytes.Inspected)))
                return Skip(path, "binary");
            return new SourceFile(path, language, entry.Length);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return Skip(path, "file cannot be read: " + Reason(refused));
        }
    }

    private SourceFile? Skip(string path, string reason)
    {
        _skipped.Add(new SkippedEntry(path, reason));
        return null;
    }

    /// <summary>Compares paths, not names: a directory sorts as if the slash were a part of its name.</summary>
    private static int PathOrder(TreeEntry a, TreeEntry b)
    {
        var common = Math.Min(a.Name.Length, b.Name.Length);
        var order = string.CompareOrdinal(a.Name, 0, b.Name, 0, common);
        return order != 0 ? order : After(a, common) - After(b, common);
    }

    private static int After(TreeEntry entry, int length) =>
        length < entry.Name.Length ? entry.Name[length] : entry.IsDirectory ? '/' : -1;

    // The messages of the framework contain the full path, which the entry already has.
    private static string Reason(Exception refused) => refused switch
    {
        UnauthorizedAccessException => "permission denied",
        FileNotFoundException or DirectoryNotFoundException => "no longer there",
        _ => refused.Message.ReplaceLineEndings(" "),
    };

    private sealed class Level(string path, List<TreeEntry> entries, GitIgnore ignore)
    {
        public string Path { get; } = path;

        public List<TreeEntry> Entries { get; } = entries;

        public GitIgnore Ignore { get; } = ignore;

        public int Next { get; set; }
    }
}
