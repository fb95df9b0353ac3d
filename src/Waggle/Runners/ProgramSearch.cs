namespace Waggle.Runners;

/// <summary>Finds a program as execvp does, to tell a missing program from one that ends with 127.</summary>
internal static class ProgramSearch
{
    /// <returns>What is wrong; null if the program can be started.</returns>
    public static string? Problem(string program, string folder, IReadOnlyDictionary<string, string> environment)
    {
        if (!Directory.Exists(folder)) return $"The working folder '{folder}' does not exist.";
        if (OperatingSystem.IsWindows()) return null;
        if (program.Contains('/', StringComparison.Ordinal))
            return IsExecutable(Path.Combine(folder, program)) ? null : $"The program '{program}' is missing or not executable.";
        var path = environment.GetValueOrDefault("PATH") is { Length: > 0 } set ? set : "/usr/local/bin:/bin:/usr/bin";
        return path.Split(':').Any(p => IsExecutable(Path.Combine(folder, p, program)))
            ? null
            : $"The program '{program}' is not on the PATH, or not executable.";
    }

    private static bool IsExecutable(string file) => File.Exists(file) && (OperatingSystem.IsWindows()
        || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != UnixFileMode.None);
}
