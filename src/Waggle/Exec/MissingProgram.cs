using System.Collections.Frozen;

namespace Waggle.Exec;

/// <summary>
/// Finds a program that the worker's own command names and this machine does not have. The exit codes 126 and 127 alone do not show the cause, because a shell
/// also returns those of the programs that the task made it run.
/// </summary>
internal static class MissingProgram
{
    // The builtins of a shell, and the words before another command.
    private static readonly FrozenSet<string> Known = FrozenSet.ToFrozenSet(
        ("! . : [ [[ alias bg break builtin case cd command continue declare do done echo elif else esac eval exec exit export false fc fg fi for function "
            + "getopts hash if in jobs kill let "
            + "local printf pwd read readonly return select set shift source test then time times trap true type typeset ulimit umask unalias unset until "
                + "wait while { }").Split(' '));

    // A command follows each of these words, too.
    private static readonly FrozenSet<string> Wrappers =
        FrozenSet.ToFrozenSet(
            "! builtin command do elif else env eval exec if ionice nice nohup setsid stdbuf sudo then time timeout until while {".Split(' '));

    /// <returns>The first missing program; null if none is missing or the command does not show it.</returns>
    public static string? Of(string command) => Of(command, Has);

    public static string? Of(string command, Func<string, bool> isThere)
    {
        var functions = new HashSet<string>(StringComparer.Ordinal);
        string? missing = null;
        var (first, inBackticks) = (true, false);
        foreach (var word in ShellWords.Read(command))
        {
            if (word.IsSeparator)
            {
                // The text after a substitution is an argument, and no command follows a subshell.
                if (word.Text == "`") inBackticks = !inBackticks;
                first = word.Text != ")" && (word.Text != "`" || inBackticks);
                continue;
            }

            if (!first || IsAside(word.Text)) continue;
            first = Wrappers.Contains(word.Text);
            if (!word.IsLiteral || word.Text.Length == 0 || Known.Contains(word.Text) || functions.Contains(word.Text)) continue;
            if (word.IsFunction) functions.Add(word.Text);
            else if (missing is null && !isThere(word.Text)) missing = word.Text;
        }

        return missing;
    }

    // The options of a wrapper, its duration and assignments precede the program.
    private static bool IsAside(string word) =>
        word.StartsWith('-') || (word.Length > 0 && char.IsAsciiDigit(word[0]))
            || (word.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && word[..at].All(c => char.IsAsciiLetterOrDigit(c) || c == '_'));

    /// <summary>Whether this machine has the program, by its path or in the folders of PATH.</summary>
    public static bool Has(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal)) return IsExecutable(program);
        var path = Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/bin:/usr/bin";
        return path.Split(':').Any(folder => IsExecutable(Path.Combine(folder.Length == 0 ? "." : folder, program)));
    }

    private static bool IsExecutable(string file) =>
        File.Exists(file) && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != UnixFileMode.None);
}
