using System.Diagnostics;

namespace Waggle.Exec;

/// <summary>A process on Windows, which has neither groups nor SIGTERM: stopping kills the process tree.</summary>
internal sealed class WindowsChild : ChildProcess
{
    private readonly Process _process;

    public WindowsChild(string command, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("cmd.exe", $"/d /s /c \"{command}\"")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _process = Process.Start(start) ?? throw new IOException("cmd.exe cannot be started.");
        Exited = _process.WaitForExitAsync();
    }

    public override int Id => _process.Id;

    public override Stream Input => _process.StandardInput.BaseStream;

    public override Stream Output => _process.StandardOutput.BaseStream;

    public override Stream Error => _process.StandardError.BaseStream;

    public override Task Exited { get; }

    public override void Terminate() => Kill();

    public override void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // The process has ended.
        }
    }

    public override async ValueTask<ExitStatus> CollectAsync()
    {
        await Exited;
        return new ExitStatus(_process.ExitCode);
    }
}
