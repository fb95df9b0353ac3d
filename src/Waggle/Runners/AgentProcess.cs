using System.Security.Cryptography;
using System.Text;
using Waggle.Exec;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Runners;

/// <summary>One process of a spawned agent, from the hub's request until the hub has acknowledged its end.</summary>
internal sealed class AgentProcess(RunnerStart request, AgentTemplate template, ProcessHost host)
{
    private const int TailLines = 5;
    private const int MaxLine = 300;
    private const int TokenBytes = 32;

    // The time in which the process's last lines may still be read.
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(500);

    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _tail = [];
    private readonly Lock _gate = new();

    public ProcessRef Ref { get; } = new(request.Spawn, request.Attempt);

    public string Role => request.Role;

    /// <summary>A task that completes when no process of its group is left, or none was started.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Asks the process to end; after the template's time it is killed.</summary>
    public void Stop() => _stop.TrySetResult();

    public async Task RunAsync()
    {
        try
        {
            await StartAsync();
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    private async Task StartAsync()
    {
        var spawnToken = RandomId.Hex(TokenBytes);
        var variables = ProcessEnvironment.Of(request, template, host.Url, host.TokenOf(request), spawnToken);
        if (ProgramSearch.Problem(template.Command[0], template.Folder, variables) is { } missing)
        {
            await NotStartedAsync(missing, programMissing: true);
            return;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(spawnToken)));
        if (!await host.ReportAsync(Report(ProcessState.Starting) with { TokenSha256 = hash })) return;
        if (_stop.Task.IsCompleted)
        {
            await NotStartedAsync("It was stopped before its process started.", programMissing: false);
            return;
        }

        ChildProcess child;
        try
        {
            child = host.Guard.RunProgram(template.Command, variables, template.Folder);
        }
        catch (IOException e)
        {
            await NotStartedAsync(e.Message, programMissing: false);
            return;
        }

        await using (child)
        {
            try
            {
                await WatchAsync(child);
            }
            finally
            {
                // After a fault nobody would watch it. A process that was collected is not touched.
                child.Kill();
            }
        }
    }

    private async Task WatchAsync(ChildProcess child)
    {
        host.Say("started", $"role {request.Role}, process {child.Id}, attempt {request.Attempt}", request.Agent);
        await child.Input.DisposeAsync();
        var started = host.ReportAsync(Report(ProcessState.Started) with { Pid = child.Id });
        var reading = Task.WhenAll(ReadAsync(child.Output, keep: false), ReadAsync(child.Error, keep: true));
        await Task.WhenAny(child.Exited, _stop.Task);
        if (!child.Exited.IsCompleted)
        {
            child.Terminate();
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(host.Insisted);
            enough.CancelAfter(template.StopTimeout);
            await child.Exited.WaitAsync(enough.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        else
        {
            await reading.WaitAsync(Linger).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // What the process left in its group ends with it.
        child.Kill();
        var status = await child.CollectAsync();
        host.Guard.Forget(child);
        _ended.TrySetResult();
        await reading;
        await started;
        host.Say("exited", status.Signal is { } signal ? $"by signal {signal}" : $"with code {status.Code}", request.Agent);
        await host.ReportAsync(Report(ProcessState.Exited) with
        {
            ExitCode = status.Signal is null ? status.Code : null,
            Signal = status.Signal,
            Message = status is { Code: 0, Signal: null } ? null : Tail(),
        });
    }

    private async Task ReadAsync(Stream stream, bool keep) => await new Lines(stream, _ended.Task).ReadAsync(line =>
    {
        var text = PlainText.OneLine(PlainText.Clip(OutputLine.Text(line.Text.Span), MaxLine));
        if (text.Length == 0) return default;
        host.Say(keep ? "stderr" : "stdout", text, request.Agent);
        if (!keep) return default;
        lock (_gate)
        {
            if (_tail.Count == TailLines) _tail.Dequeue();
            _tail.Enqueue(text);
        }

        return default;
    });

    private string? Tail()
    {
        lock (_gate) return _tail.Count == 0 ? null : PlainText.Clip(string.Join(" | ", _tail), Limits.MaxRunnerMessageLength);
    }

    private async Task NotStartedAsync(string problem, bool programMissing)
    {
        // The hub may be away, and there is no process to wait for.
        _ended.TrySetResult();
        host.Say("not_started", problem, request.Agent);
        var message = PlainText.Clip(problem, Limits.MaxRunnerMessageLength);
        await host.ReportAsync(Report(ProcessState.NotStarted) with { ProgramMissing = programMissing, Message = message });
    }

    private RunnerReport Report(ProcessState state) => new() { Spawn = request.Spawn, Attempt = request.Attempt, State = state };
}
