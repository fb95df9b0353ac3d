using System.Diagnostics;

namespace Waggle.Exec;

/// <summary>A process on Windows, which has neither groups nor SIGTERM: stopping kills the process tree.</summary>
internal sealed class WindowsChild : ChildProcess
{
    private readonly Process _process;

    public WindowsChild(string command, IReadOnlyDictionary<string, string> environment)
        : this(new ProcessStartInfo("cmd.exe", $"/d /s /c \"{command}\""), environment)
    {
    }

    /// <param name="program">The program and its arguments.</param>
    /// <param name="folder">The working folder.</param>
    public WindowsChild(IReadOnlyList<string> program, IReadOnlyDictionary<string, string> environment, string folder)
        : this(new ProcessStartInfo(program[0], program.Skip(1)) { WorkingDirectory = folder }, environment)
    {
    }

    private WindowsChild(ProcessStartInfo start, IReadOnlyDictionary<string, string> environment)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.UseShellExecute = false;
        start.CreateNoWindow = true;
        start.Environment.Clear();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        try
        {
            _process = Process.Start(start) ?? throw new IOException($"{start.FileName} cannot be started.");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new IOException($"{start.FileName} cannot be started: {e.Message}", e);
        }

        Exited = _process.WaitForExitAsync();
    }

    public override int Id => _process.Id;

    public override Stream Input => _process.StandardInput.BaseStream;

    public override Stream Output => _process.StandardOutput.BaseStream;

    public override Stream Error => _process.StandardError.BaseStream;

    public override Task Exited { get; }

    public override void Interrupt() => Kill();

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
