using System.Diagnostics;
using Waggle.Survey.Workers;

namespace Waggle.Survey.Processes;

/// <summary>
/// A worker as a process of its own. Its standard input is a pipe that only this process holds: when the demo is gone, however it went, the worker notices
/// (<see cref="ParentWatch"/>).
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private volatile string? _lastWords;

    private WorkerProcess(Process process, DemoWorkerOptions options)
    {
        _process = process;
        Options = options;
        Pid = process.Id;
        Exited = process.WaitForExitAsync();
    }

    public DemoWorkerOptions Options { get; }

    public int Pid { get; }

    public Task Exited { get; }

    /// <summary>Why it ended, as far as that can be told from outside.</summary>
    public string Ending => $"exit code {_process.ExitCode}" + (_lastWords is { } words ? $": {words}" : "");

    public static WorkerProcess Start(DemoWorkerOptions options, ProcessStartInfo start)
    {
        // Its output is redirected, too: a worker that has something to say must not write into the view.
        var process = new Process { StartInfo = start };
        // Gathering profiles costs a process that lives for seconds more than it gains.
        process.StartInfo.Environment["DOTNET_TieredPGO"] = "0";
        try
        {
            process.Start();
        }
        catch
        {
            process.Dispose();
            throw;
        }

        var worker = new WorkerProcess(process, options);
        process.OutputDataReceived += worker.Heard;
        process.ErrorDataReceived += worker.Heard;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return worker;
    }

    /// <summary>SIGKILL (on Windows: TerminateProcess). Done when it is dead.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await Exited;
    }

    /// <summary>Tells it to end: it hands back what it has and goes.</summary>
    public void Release() => _process.StandardInput.Close();

    public void Dispose() => _process.Dispose();

    private void Heard(object sender, DataReceivedEventArgs line)
    {
        if (!string.IsNullOrWhiteSpace(line.Data)) _lastWords = line.Data.Trim();
    }
}
