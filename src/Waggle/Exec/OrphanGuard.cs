using System.Text;

namespace Waggle.Exec;

/// <summary>
/// Kills the commands of a worker that was itself killed. A shell with nothing to do reads from a pipe which groups live; when the worker's end of the pipe closes,
/// kill -9 included, it kills those that are left. (PR_SET_PDEATHSIG would have to be set in the child, between fork and exec, and does not reach grandchildren.)
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
        """;

    private readonly UnixChild? _shell;
    private readonly Lock _gate = new();

    private OrphanGuard(UnixChild? shell) => _shell = shell;

    /// <summary>On Windows there is nobody to do it: docs/cli.md says so.</summary>
    public static OrphanGuard Start() =>
        new(OperatingSystem.IsWindows() ? null : UnixChild.Start(["/bin/sh", "-c", Script], new Dictionary<string, string>(StringComparer.Ordinal)));

    public void Add(int group) => Tell($"+ {group}\n");

    public void Remove(int group) => Tell($"- {group}\n");

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
            // Somebody ended the guard. The worker does its work all the same.
        }
    }
}
