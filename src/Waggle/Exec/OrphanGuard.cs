using System.Text;

namespace Waggle.Exec;

/// <summary>
/// Kills the commands of a worker that was itself killed. An idle shell reads from a pipe which groups are alive. When the worker's end of the pipe closes,
/// after kill -9 as well, the shell kills the remaining groups. A command registers itself with the guard before it begins, so there is no moment in which the
/// guard does not know it. (PR_SET_PDEATHSIG would have to be set in the child, between fork and exec, and does not reach grandchildren.)
/// </summary>
internal sealed class OrphanGuard : IAsyncDisposable
{
    private const string Script = """
        trap '' INT TERM HUP
        groups=
        while read -r sign group; do
          if [ "$sign" = + ]; then groups="$groups $group"; continue; fi
          left=
          for g in $groups; do [ "$g" = "$group" ] || left="$left $g"; done
          groups=$left
        done
        for g in $groups; do kill -s KILL -- "-$g"; done
        if [ -n "$1" ]; then rm -rf -- "$1"; fi
        """;

    // A guard that was killed must not keep the command from running.
    private const string Introduction = "trap '' PIPE; echo \"+ $$\" 2>/dev/null >&3; trap - PIPE; exec 3>&-; exec /bin/sh -c \"$1\"";

    // The same for a program with its arguments and its working folder, which no shell reads.
    private const string ProgramIntroduction =
        "trap '' PIPE; echo \"+ $$\" 2>/dev/null >&3; trap - PIPE; exec 3>&-; cd -- \"$1\" || exit 126; shift; exec \"$@\"";

    private readonly UnixChild? _shell;
    private readonly Lock _gate = new();

    private OrphanGuard(UnixChild? shell) => _shell = shell;

    /// <summary>Starts the guard. Windows has none, as docs/cli.md states.</summary>
    /// <param name="folder">The folder that the guard removes with the commands; null without one.</param>
    public static OrphanGuard Start(string? folder)
    {
        if (OperatingSystem.IsWindows()) return new(null);
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/usr/local/bin:/usr/bin:/bin" };
        return new(UnixChild.Start(["/bin/sh", "-c", Script, "sh", folder ?? ""], variables));
    }

    /// <summary>Runs a command that does not outlive this process.</summary>
    /// <param name="input">The standard input of the command, see <see cref="ChildProcess.IsFed"/>.</param>
    /// <exception cref="IOException">The command cannot be started.</exception>
    public ChildProcess Run(string command, IReadOnlyDictionary<string, string> environment, ReadOnlyMemory<byte> input) => _shell is null
        ? new WindowsChild(command, environment)
        : UnixChild.Start(["/bin/sh", "-c", Introduction, "sh", command], environment, _shell.InputPipe, input);

    /// <summary>Runs a program that does not outlive this process. Its standard input is a pipe.</summary>
    /// <exception cref="IOException">The program cannot be started.</exception>
    public ChildProcess RunProgram(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string folder) => _shell is null
        ? new WindowsChild(command, environment, folder)
        : UnixChild.Start(["/bin/sh", "-c", ProgramIntroduction, "sh", folder, .. command], environment, _shell.InputPipe);

    /// <summary>Removes a command from the guard after its last process has ended.</summary>
    public void Forget(ChildProcess command) => Tell($"- {command.Id}\n");

    public async ValueTask DisposeAsync()
    {
        if (_shell is null) return;
        await _shell.Input.DisposeAsync();
        await _shell.CollectAsync();
        await _shell.DisposeAsync();
    }

    private void Tell(string line)
    {
        if (_shell is null) return;
        try
        {
            lock (_gate) _shell.Input.Write(Encoding.ASCII.GetBytes(line));
        }
        catch (IOException)
        {
            // Another process ended the guard. The worker continues without it.
        }
    }
}
