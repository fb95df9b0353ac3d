using System.Collections.Concurrent;
using Waggle.Client;
using Waggle.Exec.Coding;
using Waggle.Exec.Models;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Shared;

namespace Waggle.Exec;

/// <summary>An agent whose handler is a command, from the first connection until the last of its processes has ended.</summary>
/// <param name="model">What works on the tasks in place of a command; null without a model.</param>
internal sealed class ExecWorker(ExecOptions options, IModelWorker? model, WorkerJournal journal, Interrupt interrupt) : IDisposable
{
    // The time that the SDK may need to deliver results and return tasks after the last command has ended.
    private static readonly TimeSpan Delivery = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Task, bool> _running = [];
    private readonly CancellationTokenSource _leave = new();
    private readonly TaskCompletionSource<WaggleWorker> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Endings _endings = new(journal);
    private volatile WaggleException? _inUse;
    private bool _connected;

    /// <exception cref="CliException">Another worker has the name.</exception>
    /// <exception cref="WaggleException">The hub refused the agent, or removed it.</exception>
    /// <exception cref="OperationCanceledException">The user interrupted, or the time to connect ended, before there was a connection.</exception>
    public async Task RunAsync(RetryWindow patience)
    {
        using var reaper = OrphanReaper.Start();
        using var folder = WorkerFolder.Create();
        await using var guard = OrphanGuard.Start(folder?.Path);
        await using var pause = new RateLimitPause(_started.Task, options.Slots, journal, TimeProvider.System);
        using var inUse = CancellationTokenSource.CreateLinkedTokenSource(patience.Token);
        var worker = await StartAsync((work, cancel) => HandleAsync(work, guard, folder, pause, cancel), guard, patience, inUse);
        _started.SetResult(worker);
        try
        {
            await worker.Completion.WaitAsync(interrupt.Asked);
        }
        catch (OperationCanceledException) when (interrupt.Asked.IsCancellationRequested)
        {
            await StopAsync(worker);
        }
        finally
        {
            await _leave.CancelAsync();
            await Task.WhenAll(_running.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await worker.DisposeAsync();
        }
    }

    public void Dispose() => _leave.Dispose();

    private async Task<WaggleWorker> StartAsync(
        Func<TaskWork, CancellationToken, Task<RawJson>> handler, OrphanGuard guard, RetryWindow patience, CancellationTokenSource inUse)
    {
        var settings = new WaggleWorkerOptions
        {
            Url = options.Url,
            Token = options.Token,
            ClientName = HubCall.ClientName,
            AgentId = options.Name,
            AgentName = options.Name,
            Swarm = options.Swarm,
            Slots = options.Slots,
            Secret = options.Secret,
            SpawnToken = options.SpawnToken,
            // RetryWindow bounds the time to connect.
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            WaitWhileInUse = true,
            OnAssigned = _endings.Assigned,
            OnAcknowledged = _endings.Acknowledged,
            OnRejected = _endings.Rejected,
            OnReportRejected = (task, attempt, _, code) =>
                journal.Say(new WorkerEvent("report_rejected", "the hub rejected a report on the task") { Task = task, Attempt = attempt, Code = code }),
            OnVote = options.VoteCommand is { } vote ? VoteWith(new VoteRun(options, new HookCommand(vote, guard))) : null,
            OnMessage = options.MessageCommand is { } handle ? HandleWith(new MessageRun(options, new HookCommand(handle, guard))) : null,
            OnMessageFailed = (message, e) => journal.Say(new WorkerEvent("message_failed", e.Message) { MessageId = message }),
            OnVoteFailed = (proposal, e) => journal.Say(new WorkerEvent("vote_failed", e.Message) { Proposal = proposal }),
            OnConnected = welcome => Connected(welcome.Agent!, patience),
            OnDisconnected = trouble => Disconnected(trouble, patience, inUse),
        };
        foreach (var (name, proficiency) in options.Capabilities) settings.Capabilities[name] = proficiency;
        settings.Types.AddRange(options.Types);
        try
        {
            return await WaggleWorker.StartAsync(settings, (work, cancel) => new ValueTask<RawJson>(handler(work, cancel)), inUse.Token);
        }
        catch (OperationCanceledException) when (_inUse is { } taken)
        {
            throw new CliException(Failures.Text(taken, options.Url), inner: taken);
        }
    }

    private void Connected(WelcomeAgent agent, RetryWindow patience)
    {
        patience.Connected();
        _connected = true;
        var where = $"as agent {agent.Id} of swarm {agent.Swarm} at {Failures.Authority(options.Url)}";
        journal.Say(new WorkerEvent("connected", where) { Agent = agent.Id, Swarm = agent.Swarm });
    }

    private void Disconnected(Exception trouble, RetryWindow patience, CancellationTokenSource inUse)
    {
        if (trouble is WaggleException { Code: ErrorCodes.AgentInUse } taken)
        {
            // The hub is reachable; only the name is taken.
            patience.Connected();
            if (options.RetryInUse)
            {
                var again = $"{Failures.MessageOf(taken)} Retrying in {Durations.Text(taken.RetryAfter ?? TimeSpan.Zero)}.";
                journal.Say(new WorkerEvent("in_use", again) { Agent = options.Name, Code = taken.Code });
                return;
            }

            _inUse = taken;
            inUse.Cancel();
            return;
        }

        patience.Disconnected(trouble);
        if (!_connected) return;
        _connected = false;
        journal.Say(new WorkerEvent("disconnected", $"{trouble.Message} Reconnecting; running commands continue."));
    }

    private async Task<RawJson> HandleAsync(TaskWork work, OrphanGuard guard, WorkerFolder? folder, RateLimitPause pause, CancellationToken cancel)
    {
        var run = _endings.WatchAsync(work, () => model is not null ? ModelAsync(model, work, pause, cancel) : options.Coding is { } coding
            ? new CodingRun(work, options, coding, guard, pause, UnfitAsync, TimeProvider.System).RunAsync(cancel, _leave.Token, interrupt.Insisted)
            : new CommandRun(work, options, new CommandOutput(work, options.Result), guard, folder, UnfitAsync)
                .RunAsync(cancel, _leave.Token, interrupt.Insisted));
        _running.TryAdd(run, true);
        try
        {
            return await run;
        }
        finally
        {
            _running.TryRemove(run, out _);
        }
    }

    private async Task<RawJson> ModelAsync(IModelWorker model, TaskWork work, RateLimitPause pause, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, _leave.Token);
        try
        {
            return await model.RunAsync(work, pause, UnfitAsync, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            cancel.ThrowIfCancellationRequested();
            throw new TaskRefusedException("The worker is stopping.");
        }
    }

    private Func<VoteRequested, CancellationToken, ValueTask<IReadOnlyList<string>?>> VoteWith(VoteRun vote) => async (request, cancel) =>
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, _leave.Token);
        try
        {
            return await WatchedAsync(vote.RunAsync(request, stop.Token).AsTask());
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    };

    private Func<AgentMessage, CancellationToken, ValueTask> HandleWith(MessageRun handler) => async (message, cancel) =>
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, _leave.Token);
        try
        {
            var printed = await WatchedAsync(handler.RunAsync(message, stop.Token));
            journal.Say(new WorkerEvent("message_handled", printed.Length > 0 ? printed : null) { MessageId = message.Message });
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The command did not fail: the worker ends, and the message comes again to the next one.
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        }
    };

    // The worker ends after the last command.
    private async Task<T> WatchedAsync<T>(Task<T> run)
    {
        _running.TryAdd(run, true);
        try
        {
            return await run;
        }
        finally
        {
            _running.TryRemove(run, out _);
        }
    }

    private Task UnfitAsync(string program) => UnfitAsync($"the program '{program}' is missing or not executable", "install it");

    // A worker that cannot run its program is always free, and would take and fail the whole queue.
    private async Task UnfitAsync(string reason, string remedy)
    {
        var worker = await _started.Task;
        if (!worker.Drain()) return;
        var again = $"{remedy}, then run 'waggle agent resume {worker.AgentId}' or restart the worker";
        journal.Say(new WorkerEvent("draining", $"{reason}: this worker accepts no more tasks; {again}") { Agent = worker.AgentId });
    }

    private async Task StopAsync(WaggleWorker worker)
    {
        journal.Say(new WorkerEvent("stopping", $"{worker.Held} tasks may finish within {Durations.Text(options.Grace)}; a second signal stops them at once."));
        // Called first: the worker must know that it is stopping before a command that is stopped early is handed back.
        var stopped = worker.StopAsync(options.Grace + options.KillAfter + Delivery);
        _leave.CancelAfter(options.Grace);
        await using var _ = interrupt.Insisted.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _leave);
        await stopped;
        journal.Say(new WorkerEvent("stopped"));
    }
}
