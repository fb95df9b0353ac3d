using System.Text.Json;
using Waggle.Client;
using Waggle.Exec;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Runners;

/// <summary>
/// A runner: a client of the hub that starts the processes of agents by the operator's templates. The hub decides about restarts; the runner starts, watches
/// and ends. Thread-safe.
/// </summary>
internal sealed class AgentRunner : IAsyncDisposable
{
    private const int InstanceBytes = 24;

    // The time that the hub has to learn of the last ends when the runner stops.
    private static readonly TimeSpan Delivery = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    private readonly RunnerFile _file;
    private readonly WorkerJournal _journal;
    private readonly ProcessHost _host;
    private readonly ProcessTable _processes = new();
    private readonly CancellationTokenSource _insisted = new();
    private readonly CancellationTokenSource _startsEnd = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _instance = RandomId.Hex(InstanceBytes);
    private readonly Lock _gate = new();
    private TaskCompletionSource _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WaggleConnection? _connection;
    private bool _stopping;

    /// <param name="token">Returns the token for the process of a request, if its template passes one.</param>
    public AgentRunner(RunnerFile file, Uri url, Func<RunnerStart, string?> token, OrphanGuard guard, WorkerJournal journal)
    {
        _file = file;
        _journal = journal;
        _host = new ProcessHost(url, guard, journal, ReportAsync, token, _insisted.Token);
    }

    /// <summary>A task that fails with the reason for which the runner cannot go on: the hub refused it for good.</summary>
    public Task Failed => _failed.Task;

    /// <summary>Connects to the hub. The runner attaches now and after each reconnect.</summary>
    /// <exception cref="WaggleException">The hub refused the connection.</exception>
    public async Task StartAsync(WaggleOptions options, CancellationToken cancel)
    {
        var (connected, disconnected) = (options.OnConnected, options.OnDisconnected);
        options.OnConnected = welcome =>
        {
            connected?.Invoke(welcome);

            // The first welcome comes before the connection is known here.
            if (_connection is { } connection) _ = AttachAsync(connection);
        };
        options.OnDisconnected = trouble =>
        {
            disconnected?.Invoke(trouble);
            Detached();
        };
        _connection = await WaggleConnection.ConnectAsync(options, Received, cancel);
        _ = FollowAsync(_connection);
        await AttachAsync(_connection);
    }

    /// <summary>Ends the processes, politely and then by force, tells the hub, and closes the connection.</summary>
    public async Task StopAsync(CancellationToken insist)
    {
        lock (_gate) _stopping = true;
        await using var forced = insist.UnsafeRegister(static state => ((AgentRunner)state!).Insist(), this);
        if (_processes.Count is > 0 and var running) _host.Say("stopping", $"{running} processes end");
        if (_connection is { IsConnected: true } connection)
        {
            Task left = connection.RequestAsync(new RunnerLeave(), repeatable: false, CancellationToken.None).WaitAsync(Delivery, _insisted.Token);
            await left.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _processes.StopAll();

        // A process that waits for the hub's answer to start would never end while the hub is away.
        _startsEnd.CancelAfter(Delivery);
        await _processes.WhenEndedAsync();
        _closed.CancelAfter(Delivery);
        await _processes.WhenEmptyAsync();
        if (_connection is not null) await _connection.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _startsEnd.CancelAsync();
        await _closed.CancelAsync();
        if (_connection is not null) await _connection.DisposeAsync();
        _insisted.Dispose();
        _startsEnd.Dispose();
        _closed.Dispose();
    }

    private void Insist()
    {
        _insisted.Cancel();
        _startsEnd.Cancel();

        // Nobody hears the last ends.
        if (!WhenAttached().IsCompleted) _closed.Cancel();
    }

    private void Received(HubMessage message)
    {
        switch (message)
        {
            case RunnerStart start:
                Start(start);
                break;
            case RunnerStop stop:
                // The hub waits for the end of a process that it asks to stop.
                if (!_processes.Stop(new(stop.Spawn, stop.Attempt)))
                    _ = ReportAsync(NotStarted(stop.Spawn, stop.Attempt, "The runner does not have this process."));
                break;
        }
    }

    private void Start(RunnerStart request)
    {
        var template = _file.Templates.GetValueOrDefault(request.Role);
        lock (_gate)
        {
            if (_stopping) return;
        }

        // The hub asks again after a reconnect.
        if (_processes.Has(new(request.Spawn, request.Attempt))) return;

        // The hub keeps these limits, too; the operator's file has the last word.
        var problem = template is null ? $"This runner has no template for the role '{request.Role}'."
            : _processes.CountOf(request.Role) >= template.Offer.MaxCount || _processes.Count >= _file.MaxAgents
                ? "This runner has as many agents as its file permits."
                : null;
        if (problem is not null)
        {
            _ = RefuseAsync(request, problem);
            return;
        }

        var process = new AgentProcess(request, template!, _host);
        if (_processes.TryAdd(process)) _ = RunAsync(process);
    }

    private async Task RunAsync(AgentProcess process)
    {
        try
        {
            // Off the loop that reads the hub's messages.
            await Task.Run(process.RunAsync);
        }
        catch (Exception e)
        {
            _host.Say("fault", $"{process.Ref.Spawn}: {e.Message}");
            await ReportAsync(NotStarted(process.Ref.Spawn, process.Ref.Attempt, PlainText.Clip(e.Message, Limits.MaxRunnerMessageLength)));
        }
        finally
        {
            _processes.Remove(process);
        }
    }

    private async Task RefuseAsync(RunnerStart request, string problem)
    {
        _host.Say("refused", problem, request.Agent);
        await ReportAsync(NotStarted(request.Spawn, request.Attempt, problem));
    }

    private static RunnerReport NotStarted(string spawn, int attempt, string problem) =>
        new() { Spawn = spawn, Attempt = attempt, State = ProcessState.NotStarted, Message = problem };

    // The hub treats a repeated report like the first, so one whose answer was lost is sent again after the runner has attached again.
    private async Task<bool> ReportAsync(RunnerReport report)
    {
        if (_closed.IsCancellationRequested) return false;
        var end = report.State == ProcessState.Starting ? _startsEnd.Token : _closed.Token;
        while (!end.IsCancellationRequested)
        {
            try
            {
                await WhenAttached().WaitAsync(end);
                var reply = await _connection!.RequestAsync(report, repeatable: false, end);
                return JsonSerializer.Deserialize(reply.Result.Utf8.Span, HubJson.Default.ProcessGo)!.Go;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
            catch (WaggleException e) when (e.Code is ErrorCodes.InvalidState or ErrorCodes.StoreUnavailable or ErrorCodes.StoreFull
                or ClientErrorCodes.ConnectionLost)
            {
                await Task.Delay(e.RetryAfter ?? RetryPause, TimeProvider.System, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (WaggleException e)
            {
                _host.Say("rejected", $"{report.Spawn}: {e.Message}");
                return false;
            }
        }

        return false;
    }

    private async Task AttachAsync(WaggleConnection connection)
    {
        while (!_closed.IsCancellationRequested && connection.IsConnected)
        {
            var message = new RunnerAttach
            {
                Runner = _file.Id,
                Instance = _instance,
                MaxAgents = _file.MaxAgents,
                Templates = [.. _file.Templates.Values.Select(t => t.Offer)],
                Processes = _processes.All(),
            };
            try
            {
                var reply = await connection.RequestAsync(message, repeatable: false, _closed.Token);
                var attached = JsonSerializer.Deserialize(reply.Result.Utf8.Span, HubJson.Default.RunnerAttached)!;
                foreach (var unknown in attached.Stop) _processes.Stop(unknown);
                _host.Say("attached", $"as runner {attached.Runner}, roles: {string.Join(", ", _file.Templates.Keys)}");
                lock (_gate) _attached.TrySetResult();
                return;
            }
            catch (WaggleException e) when (e.RetryAfter is { } pause)
            {
                _host.Say("waiting", e.Message);
                await Task.Delay(pause, TimeProvider.System, _closed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (WaggleException e) when (e.Code is ClientErrorCodes.ConnectionLost or ClientErrorCodes.Closed)
            {
                // The next connection attaches.
                return;
            }
            catch (OperationCanceledException) when (_closed.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                _failed.TrySetException(e);
                return;
            }
        }
    }

    private Task WhenAttached()
    {
        lock (_gate) return _attached.Task;
    }

    private void Detached()
    {
        lock (_gate)
        {
            if (!_attached.Task.IsCompleted) return;
            _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _host.Say("disconnected", "The connection to the hub is lost; processes go on. Reconnecting.");
    }

    private async Task FollowAsync(WaggleConnection connection)
    {
        try
        {
            await connection.Completion;
        }
        catch (WaggleException e)
        {
            _failed.TrySetException(e);
        }
    }
}
