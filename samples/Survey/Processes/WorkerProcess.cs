using System.Diagnostics;
using Waggle.Survey.Workers;

namespace Waggle.Survey.Processes;

/// <summary>
/// A worker process. Its standard input is a pipe that only the demo holds, so the worker notices every end of the demo (<see cref="ParentWatch"/>).
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

    /// <summary>The reason of its end, as far as the parent can see it.</summary>
    public string Ending => $"exit code {_process.ExitCode}" + (_lastWords is { } words ? $": {words}" : "");

    public static WorkerProcess Start(DemoWorkerOptions options, ProcessStartInfo start)
    {
        // Its output is redirected, too, because a worker must not write into the view.
        var process = new Process { StartInfo = start };
        // The process lives for seconds, so profiles cost more than they gain.
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

    /// <summary>Sends SIGKILL (on Windows: TerminateProcess). Completes when the process is dead.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await Exited;
    }

    /// <summary>Requests the end: the worker hands back its tasks and exits.</summary>
    public void Release() => _process.StandardInput.Close();

    public void Dispose() => _process.Dispose();

    private void Heard(object sender, DataReceivedEventArgs line)
    {
        if (!string.IsNullOrWhiteSpace(line.Data)) _lastWords = line.Data.Trim();
    }
}
