using System.Text;
using Waggle.Agents;
using Waggle.Client;
using Waggle.Shared;

namespace Waggle.Exec.Coding;

/// <summary>One process of a coding agent, from its start until nothing of its group is left.</summary>
/// <param name="take">Receives what each line says.</param>
internal sealed class CodingProcess(
    ExecOptions options, CodingOptions coding, OrphanGuard guard, StallWatch watch, Func<AgentFact, CodingProcess, ValueTask> take) : IDisposable
{
    // The time in which background processes may finish writing after the agent has ended.
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(500);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly TaskCompletionSource _concluded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isEnded;
    private ChildProcess? _child;
    private CodingOutput? _output;

    /// <summary>The last lines of standard error; null without any.</summary>
    public string? Complaint => _output?.Complaint;

    /// <summary>Whether the process was stopped because it was silent for too long.</summary>
    public bool IsStalled { get; private set; }

    /// <param name="log">Receives the lines of standard error.</param>
    /// <param name="isWaiting">Whether the agent waits for an answer.</param>
    /// <param name="stop">Cancelled to end the process.</param>
    /// <param name="insist">Cancelled to kill it at once.</param>
    /// <returns>How the process ended; null if it was stopped.</returns>
    /// <exception cref="TaskFailedException">The process could not be started, or its output could not be processed.</exception>
    public async Task<ExitStatus?> RunAsync(
        AgentStart start,
        IReadOnlyDictionary<string, string> environment,
        Func<string, ValueTask> log,
        Func<bool> isWaiting,
        CancellationToken stop,
        CancellationToken insist)
    {
        var output = _output = new CodingOutput(line => TakeAsync(line, start));
        await using var child = _child = Start(start, environment);
        using var broken = new CancellationTokenSource();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, broken.Token);
        var feeding = OpenAsync(start);
        var reading = Task.WhenAll(
            ReadAsync(child.Output, output.TakeOutput, output.Flush, broken), ReadAsync(child.Error, line => TakeErrorAsync(line, output, log), null, broken));
        watch.Touch();
        var stall = watch.WaitAsync(isWaiting, silent => log($"The agent is silent for {Durations.Text(silent)}."), end.Token);
        await Task.WhenAny(child.Exited, stall, _concluded.Task);
        if (_concluded.Task.IsCompleted) await EndConcludedAsync(child, log, end.Token, insist);
        if (stall.IsCompletedSuccessfully && !child.Exited.IsCompleted) await InterruptAsync(child, log, insist);
        var stopped = IsStalled || !await EndedWithinAsync(child.Exited, Timeout.InfiniteTimeSpan, end.Token);
        if (stopped) child.Terminate();
        await EndedWithinAsync(Task.WhenAll(child.Exited, reading), stopped ? options.KillAfter : Linger, insist);
        child.Kill();
        var status = await child.CollectAsync();
        guard.Forget(child);
        _ended.TrySetResult();
        await end.CancelAsync();
        await stall.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await reading;
        await feeding;
        if (_isEnded) return new ExitStatus(0);
        return stopped && !broken.IsCancellationRequested ? null : status;
    }

    /// <summary>Writes a line to the agent. An agent that has ended does not receive it.</summary>
    public async Task WriteAsync(string line)
    {
        await _writing.WaitAsync();
        try
        {
            await _child!.Input.WriteAsync(Encoding.UTF8.GetBytes(line + '\n'));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Its end says what happened.
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Called when the agent has reported its end: it receives no more lines, and must exit.</summary>
    public async Task ConcludeAsync()
    {
        if (coding.Agent.Listens) await CloseAsync();
        _concluded.TrySetResult();
    }

    public void Dispose() => _writing.Dispose();

    // An agent ends when no more lines can follow.
    private async Task CloseAsync()
    {
        await _writing.WaitAsync();
        try
        {
            await _child!.Input.DisposeAsync();
        }
        catch (IOException)
        {
            // It has closed its end.
        }
        finally
        {
            _writing.Release();
        }
    }

    private ChildProcess Start(AgentStart start, IReadOnlyDictionary<string, string> environment)
    {
        try
        {
            return guard.RunProgram([.. coding.Agent.Command(start), .. coding.Arguments, .. coding.Agent.Ending(start)], environment, start.Folder);
        }
        catch (IOException e)
        {
            throw new TaskFailedException("SPAWN_FAILED", e.Message, inner: e);
        }
    }

    // The task has its result. A server only waits for another client; another agent that stays silent does not end by itself.
    private async Task EndConcludedAsync(ChildProcess child, Func<string, ValueTask> log, CancellationToken stop, CancellationToken insist)
    {
        var quiet = watch.QuietAsync(options.KillAfter, stop);
        await Task.WhenAny(child.Exited, quiet);
        if (child.Exited.IsCompleted || !quiet.IsCompletedSuccessfully) return;
        _isEnded = true;
        if (!coding.Agent.IsServer) await log("The agent has reported its end and does not exit. It is ended (SIGTERM, SIGKILL).");
        child.Terminate();
        if (!await EndedWithinAsync(child.Exited, options.KillAfter, insist)) child.Kill();
    }

    // An agent that is interrupted may still store its session.
    private async Task InterruptAsync(ChildProcess child, Func<string, ValueTask> log, CancellationToken insist)
    {
        IsStalled = true;
        await log("The agent is silent for too long. It is interrupted (SIGINT), then ended (SIGTERM, SIGKILL).");
        child.Interrupt();
        await EndedWithinAsync(child.Exited, options.KillAfter, insist);
    }

    private async Task OpenAsync(AgentStart start)
    {
        await Task.Yield();
        foreach (var line in coding.Agent.Opening(start)) await WriteAsync(line);
        if (!coding.Agent.Listens) await CloseAsync();
    }

    private async ValueTask TakeAsync(string line, AgentStart start)
    {
        watch.Touch();
        foreach (var fact in coding.Agent.Read(line, start)) await take(fact, this);
    }

    private ValueTask TakeErrorAsync(Line line, CodingOutput output, Func<string, ValueTask> log)
    {
        watch.Touch();
        var text = OutputLine.Text(line.Text.Span);
        output.TakeError(text);
        return log($"stderr: {text}");
    }

    // A reader that stopped leaves the agent blocked in its next write, while the lease is renewed. So the attempt ends.
    private async Task ReadAsync(Stream stream, Func<Line, ValueTask> sink, Func<ValueTask>? last, CancellationTokenSource broken)
    {
        try
        {
            await new Lines(stream, _ended.Task).ReadAsync(sink);
            if (last is not null) await last();
        }
        catch (Exception e)
        {
            await broken.CancelAsync();
            throw new TaskFailedException("OUTPUT_FAULT", $"The worker could not process the agent's output: {e.Message}", inner: e);
        }
    }

    private static async Task<bool> EndedWithinAsync(Task task, TimeSpan time, CancellationToken cancel)
    {
        await task.WaitAsync(time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}
