namespace Waggle.Architecture.Tests;

internal static class Repository
{
    /// <summary>The root of this checkout: the folder that holds the solution.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                && !path.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    /// <summary>A path below the root, with slashes on every system.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Waggle.slnx")) ? folder : Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No Waggle.slnx above the tests."));
}
