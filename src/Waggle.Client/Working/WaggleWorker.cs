using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>
/// Works for a swarm as one agent: it accepts assignments up to its slots, keeps their leases, and sends the outcome of its handler until the hub has
/// acknowledged it, over reconnects and restarts of the hub. Thread-safe.
/// </summary>
/// <remarks>
/// The handler runs on the thread pool, up to <see cref="WaggleWorkerOptions.Slots"/> times at once. Its return value completes the task; its exception fails
/// it (<see cref="TaskFailedException"/>, <see cref="TaskRefusedException"/>). When its token is cancelled the handler should stop, and may still return a
/// result.
/// </remarks>
/// <example>
/// Counts words in tasks of the type <c>count</c>.
/// <code>
/// var handlers = new TaskHandlers().Handle("count", (string text, TaskWork work, CancellationToken cancel) => ValueTask.FromResult(text.Split(' ').Length));
/// await using var worker = await WaggleWorker.StartAsync(new WaggleWorkerOptions { AgentId = "counter", Slots = 4 }, handlers);
/// await worker.Completion;
/// </code>
/// </example>
public sealed class WaggleWorker : IAsyncDisposable
{
    // The time that the hub has to acknowledge the last messages.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);
    private static readonly Lazy<string> ProcessSecret = new(() => RandomId.Hex(32));

    private readonly WaggleWorkerOptions _options;
    private readonly WorkerState _state;
    private readonly LeaseTable _leases = new();
    private readonly LeaseReporter _reporter;
    private readonly LeaseKeeper _keeper;
    private readonly Drainer _drainer;
    private readonly ReportFlusher _flusher;
    private readonly TaskRunner _runner;
    private readonly WaggleConnection _connection;
    private readonly HubHttp _http;
    private readonly RequestTable _requests;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _stops;

    private WaggleWorker(WaggleWorkerOptions options, Func<TaskWork, CancellationToken, ValueTask<RawJson>> handler, IReadOnlyList<string> types)
    {
        _options = options;
        _state = new WorkerState(options.AgentId, options.Slots);
        _flusher = new ReportFlusher(options.Time);
        var secret = options.Secret ?? ProcessSecret.Value;
        var requests = _requests = new RequestTable(options.QueueCapacity, options.Time);
        _reporter = new LeaseReporter(options, _leases, requests, Fail);
        _keeper = new LeaseKeeper(options, _leases, _reporter, requests, () => IsConnected);
        _drainer = new Drainer(requests);
        var (votes, messages) = (new VoteCaster(options, requests), new MessageReceiver(options, requests, Fail));
        var owner = new WorkerOwner(options, secret, types, _state, _leases, _reporter, _keeper, _drainer, votes, messages, Accept, Ended);
        _connection = new WaggleConnection(options, owner, requests);
        _http = new HubHttp(options, _connection);
        var lease = new LeaseHttp(_http, _state, secret, options.Time);
        var contents = new LongContents(
            () => _connection.Welcome!.MaxMessageBytes,
            new ResultUpload(lease).SendAsync,
            new InputDownload(lease).ReadAsync);
        _runner = new TaskRunner(_state, handler, _reporter, _flusher, options.Time, contents, new McpGrant(lease, options.Url).AskAsync);
    }

    /// <summary>The agent's id: that of the options, or the one that the hub chose at the first welcome.</summary>
    public string? AgentId => _state.AgentId;

    /// <summary>The number of unsettled assignments: they run, or the hub has not acknowledged their outcome.</summary>
    public int Held => _leases.Count;

    /// <summary>Whether the worker is connected to the hub.</summary>
    public bool IsConnected => _connection.IsConnected;

    /// <summary>
    /// A task that completes after <see cref="StopAsync"/>, or fails with the <see cref="WaggleException"/> (AGENT_IN_USE, AGENT_REMOVED, REPLACED, …) that
    /// ends the worker.
    /// </summary>
    public Task Completion => _completion.Task;

    internal WaggleConnection Connection => _connection;

    /// <summary>Connects and begins to accept work for the handlers' types.</summary>
    /// <param name="options">The hub, the agent and the number of slots.</param>
    /// <param name="handlers">The handlers by type of task.</param>
    /// <param name="cancel">Ends the connecting; <see cref="StopAsync"/> stops a worker that has started.</param>
    /// <exception cref="WaggleException">The hub refused (AGENT_IN_USE, …), or was not reached within <see cref="WaggleOptions.ConnectTimeout"/>.</exception>
    public static Task<WaggleWorker> StartAsync(WaggleWorkerOptions options, TaskHandlers handlers, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(handlers);
        return StartAsync(options, handlers.Build(), handlers.Types, cancel);
    }

    /// <summary>Connects and begins to accept work.</summary>
    /// <param name="options">The hub, the agent and the number of slots.</param>
    /// <param name="handler">Returns a task's result.</param>
    /// <param name="cancel">Ends the connecting; <see cref="StopAsync"/> stops a worker that has started.</param>
    /// <exception cref="WaggleException">The hub refused (AGENT_IN_USE, …), or was not reached within <see cref="WaggleOptions.ConnectTimeout"/>.</exception>
    public static Task<WaggleWorker> StartAsync(
        WaggleWorkerOptions options, Func<TaskWork, CancellationToken, ValueTask<RawJson>> handler, CancellationToken cancel = default) =>
            StartAsync(options, handler, [], cancel);

    /// <summary>
    /// Accepts no more work and stays connected. Running handlers continue, and the hub shows the agent as draining until it is resumed (<c>agent.resume</c>).
    /// It serves a worker that finds that it cannot do its work. Thread-safe; does not wait for the hub.
    /// </summary>
    /// <returns>False if the worker is draining or stopping already.</returns>
    public bool Drain() => !_state.IsStopping && _drainer.TryBegin();

    /// <summary>
    /// Changes the number of tasks that the worker takes at a time, in place of <see cref="WaggleWorkerOptions.Slots"/>, also for later connections. Zero takes
    /// no more tasks until the next call. Running handlers continue.
    /// </summary>
    /// <exception cref="WaggleException">The hub refused (<c>INVALID_REQUEST</c>), or the connection broke; the next one has the number.</exception>
    public Task SetSlotsAsync(int slots, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slots);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slots, Limits.MaxSlots);
        _state.Slots = slots;
        return _connection.RequestAsync<Reply>(new AgentCredit { Slots = slots }, type: null, repeatable: true, cancel);
    }

    /// <summary>Reports whether the agent is well. The newest report replaces the one before; the hub shows it as reported.</summary>
    /// <exception cref="WaggleException">The hub refused (<c>RATE_LIMITED</c>: more than ten reports a second, …).</exception>
    public Task ReportHealthAsync(bool healthy, string? message = null, CancellationToken cancel = default) =>
        _connection.RequestAsync<Reply>(new AgentHealth { Healthy = healthy, Message = message }, type: null, repeatable: true, cancel);

    /// <summary>Reports numbers about the agent by name, each with its unit. The newest report replaces the one before as a whole.</summary>
    /// <param name="metrics">1 to 100 finite numbers; a name is an id such as <c>queue_size</c>.</param>
    /// <example>
    /// <code>
    /// await worker.ReportMetricsAsync(new Dictionary&lt;string, ReportedMetric&gt; { ["queue_size"] = new(3), ["response_time"] = new(41.5, "ms") });
    /// </code>
    /// </example>
    /// <exception cref="WaggleException">The hub refused (<c>INVALID_REQUEST</c>, <c>RATE_LIMITED</c>, …).</exception>
    public Task ReportMetricsAsync(IReadOnlyDictionary<string, ReportedMetric> metrics, CancellationToken cancel = default) =>
        _connection.RequestAsync<Reply>(new AgentMetrics { Metrics = metrics }, type: null, repeatable: true, cancel);

    /// <summary>
    /// Logs for the agent, outside of its tasks. A connection that breaks before the answer fails the call, because the hub may have the entry.
    /// </summary>
    /// <param name="context">A JSON object of at most 8 KiB with details; JSON null for none.</param>
    /// <exception cref="WaggleException">The hub refused (<c>RATE_LIMITED</c>: more than 100 entries a second, …), or the connection broke.</exception>
    public Task LogAsync(AgentLogLevel level, string message, RawJson context = default, CancellationToken cancel = default)
    {
        var entry = new AgentLogEntry { Level = level, Message = message, Context = context };
        return _connection.RequestAsync<Reply>(new AgentLog { Entries = [entry] }, type: null, repeatable: false, cancel);
    }

    /// <summary>
    /// Sends JSON to an agent of the swarm, where the topology links this worker's agent to it. The call completes when the message is durable.
    /// </summary>
    /// <param name="content">Any JSON but null, up to 32 KiB.</param>
    /// <param name="ttl">The time for which the hub keeps it, 1 second to 7 days; null for one hour.</param>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>, <c>NOT_LINKED</c>, <c>TOO_LARGE</c>, <c>QUOTA_EXCEEDED</c> (the agent's inbox is full).</exception>
    public Task<MessagesSent> SendAsync(string agent, RawJson content, TimeSpan? ttl = null, CancellationToken cancel = default) =>
        SendAsync(new AgentSend { Agent = agent, Content = content, TtlMs = WaggleMessages.Ms(ttl) }, cancel);

    /// <summary>
    /// Sends JSON to agents by their places in the topology, as seen by this worker's agent: with <see cref="MessageAudience.Swarm"/> to all that hear it.
    /// </summary>
    /// <param name="content">Any JSON but null, up to 32 KiB.</param>
    /// <param name="ttl">The time for which the hub keeps it, 1 second to 7 days; null for one hour.</param>
    /// <exception cref="WaggleException"><c>INVALID_STATE</c> (nobody has the place), <c>NOT_LINKED</c>, <c>TOO_LARGE</c>, <c>QUOTA_EXCEEDED</c>.</exception>
    public Task<MessagesSent> SendAsync(MessageAudience to, RawJson content, TimeSpan? ttl = null, CancellationToken cancel = default) =>
        SendAsync(new AgentSend { To = to, Content = content, TtlMs = WaggleMessages.Ms(ttl) }, cancel);

    /// <summary>
    /// Accepts no more work and waits for running handlers for up to <paramref name="grace"/>. It then cancels them, waits for their end for up to
    /// <see cref="WaggleWorkerOptions.StopTimeout"/>, and closes. A task returns to the hub only after its handler has ended, so that the next worker does not
    /// find this one still at it. If the hub does not acknowledge an outcome shortly after, the worker reports it through
    /// <see cref="WaggleWorkerOptions.OnRejected"/> as <see cref="ClientErrorCodes.Undelivered"/>.
    /// </summary>
    /// <param name="grace">The time for which handlers run undisturbed.</param>
    /// <param name="cancel">Ends the grace period; the worker stops all the same.</param>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancel = default)
    {
        if (Interlocked.Exchange(ref _stops, 1) != 0)
        {
            await _completion.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        _state.Stop();
        var drained = _drainer.SendAsync();
        // The hub must receive the drain before the socket closes. Otherwise it would assign tasks until it misses the heartbeat.
        if (IsConnected) await WithinAsync(drained, StopTimeout, cancel);
        if (!await EmptyWithinAsync(grace, cancel))
        {
            foreach (var work in _leases.All()) work.Cancel(CancelCause.WorkerStopping, OutcomeMessages.Stopping);
            await WithinAsync(Task.WhenAll(_leases.All().Select(w => w.WhenEnded())), _options.StopTimeout, CancellationToken.None);
            await EmptyWithinAsync(StopTimeout, CancellationToken.None);
            foreach (var work in _leases.All()) _reporter.GiveUp(work, ClientErrorCodes.Undelivered);
        }

        await _connection.DisposeAsync();
        DisposeParts();
        _completion.TrySetResult();
    }

    /// <summary>Stops without a grace period.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero);

    private static async Task<WaggleWorker> StartAsync(
        WaggleWorkerOptions options, Func<TaskWork, CancellationToken, ValueTask<RawJson>> handler, IReadOnlyList<string> handled, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        var worker = new WaggleWorker(options, handler, options.Types.Count > 0 ? [.. options.Types] : handled);
        try
        {
            await worker._connection.StartAsync(cancel);
            return worker;
        }
        catch
        {
            worker.DisposeParts();
            throw;
        }
    }

    private Task<MessagesSent> SendAsync(AgentSend message, CancellationToken cancel) =>
        _requests.SendAsync(WaggleMessages.Keyed(message), HubJson.Default.MessagesSent, repeatable: true, cancel);

    private void Accept(Assign assign)
    {
        var work = new TaskWork(_runner, assign, _options.Time.GetTimestamp());
        if (!_leases.TryAdd(work)) return;
        _drainer.Resumed();
        _options.OnAssigned?.Invoke(assign);
        _keeper.Consider(assign.LeaseMs);
        if (_state.IsStopping) _reporter.ReleaseNow(work);
        else ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
    }

    private void Fail(WaggleException reason) => _connection.Finish(reason);

    private void Ended(WaggleException reason)
    {
        foreach (var work in _leases.All()) work.Cancel(CancelCause.Stopped, reason.Message);
        if (_state.IsStopping) return;
        if (_completion.TrySetException(reason)) _ = _completion.Task.Exception;
    }

    private void DisposeParts()
    {
        _http.Dispose();
        _keeper.Dispose();
        _flusher.Dispose();
    }

    private async Task<bool> EmptyWithinAsync(TimeSpan time, CancellationToken cancel)
    {
        var empty = _leases.WhenEmpty();
        if (time > TimeSpan.Zero) await WithinAsync(empty, time, cancel);
        return empty.IsCompleted;
    }

    private async Task WithinAsync(Task done, TimeSpan time, CancellationToken cancel)
    {
        if (done.IsCompleted) return;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(done, Task.Delay(time, _options.Time, end.Token));
        await end.CancelAsync();
    }
}
