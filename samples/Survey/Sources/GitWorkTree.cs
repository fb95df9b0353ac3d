namespace Waggle.Survey.Sources;

/// <summary>Finds the git work tree around a directory, as far as ignore rules need it, without running git.</summary>
internal static class GitWorkTree
{
    /// <summary>The rules from above a directory, and the place of the directory in the work tree.</summary>
    /// <param name="Ignore">The exclude file of the repository and the <c>.gitignore</c> files above the directory.</param>
    /// <param name="Prefix">The directory relative to the work tree, ending in <c>/</c>; empty at its root and outside a work tree.</param>
    internal sealed record Surroundings(GitIgnore Ignore, string Prefix);

    public static Surroundings Around(string directory, ITreeReader reader)
    {
        var root = FindRoot(directory);
        if (root is null)
            return new Surroundings(GitIgnore.None, "");
        var ignore = GitIgnore.None.Within("", reader.ReadText(ExcludeFile(root)) ?? "");
        var relative = Path.GetRelativePath(root, directory);
        if (relative == ".")
            return new Surroundings(ignore, "");
        var prefix = "";
        foreach (var segment in relative.Split(Path.DirectorySeparatorChar))
        {
            var file = Path.Combine(root, prefix, ".gitignore");
            ignore = ignore.Within(prefix, reader.ReadText(file) ?? "");
            prefix += segment + "/";
        }
        return new Surroundings(ignore, prefix);
    }

    private static string? FindRoot(string directory)
    {
        for (var at = directory; at is not null; at = Path.GetDirectoryName(at))
            if (Path.Exists(Path.Combine(at, ".git")))
                return at;
        return null;
    }

    /// <summary>
    /// Returns the exclude file. In linked work trees and submodules, <c>.git</c> is a file that names the directory, which may name a common one.
    /// </summary>
    private static string ExcludeFile(string root)
    {
        var git = Path.Combine(root, ".git");
        if (File.Exists(git))
            git = Path.Combine(root, FirstLine(git).Replace("gitdir:", "", StringComparison.Ordinal).Trim());
        var common = Path.Combine(git, "commondir");
        if (File.Exists(common))
            git = Path.Combine(git, FirstLine(common));
        return Path.Combine(git, "info", "exclude");
    }

    private static string FirstLine(string file)
    {
        using var reader = new StreamReader(file);
        return reader.ReadLine() ?? "";
    }
}
