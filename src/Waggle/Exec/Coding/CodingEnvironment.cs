using System.Collections;
using Waggle.Client;

namespace Waggle.Exec.Coding;

/// <summary>
/// The variables of a coding agent: those of the system, those that its adapter names, and those that the operator adds. A worker's environment has the secrets
/// of other programs, which an agent that runs commands could print.
/// </summary>
internal static class CodingEnvironment
{
    private static readonly HashSet<string> System = new(
        [
            "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TERM", "TMPDIR", "TEMP", "TMP",
            "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS",
            "SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "WINDIR", "APPDATA", "LOCALAPPDATA", "USERPROFILE", "PROGRAMDATA", "PROGRAMFILES",
        ],
        StringComparer.OrdinalIgnoreCase);

    public static Dictionary<string, string> Create(TaskWork work, CodingOptions options, IReadOnlyDictionary<string, string> settings)
    {
        var variables = Those(name => IsOfSystem(name)
            || options.Variables.Contains(name, StringComparer.Ordinal)
            || options.Agent.Variables.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
            || options.Agent.SwitchedVariables.Any(more => name.StartsWith(more.Prefix, StringComparison.Ordinal) && IsSet(more.Switch)));
        foreach (var (name, value) in settings) variables[name] = value;
        variables["WAGGLE_TASK_ID"] = work.Id;
        return variables;
    }

    /// <summary>The variables of the system alone.</summary>
    public static Dictionary<string, string> OfSystem() => Those(IsOfSystem);

    private static Dictionary<string, string> Those(Func<string, bool> isPassed)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry own in Environment.GetEnvironmentVariables())
        {
            var name = (string)own.Key;
            if (isPassed(name)) variables[name] = (string?)own.Value ?? "";
        }

        return variables;
    }

    private static bool IsOfSystem(string name) =>
        System.Contains(name) || name.StartsWith("LC_", StringComparison.Ordinal) || name.StartsWith("XDG_", StringComparison.Ordinal);

    private static bool IsSet(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 };
}
