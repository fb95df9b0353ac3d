using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Client;

/// <summary>
/// Works for a swarm under one agent's name: takes assignments up to its slots, keeps their leases, and delivers what its handler makes of them until the
/// hub has acknowledged it, over reconnects and restarts of the hub. Thread-safe.
/// </summary>
/// <remarks>
/// The handler runs on the thread pool, up to <see cref="WaggleWorkerOptions.Slots"/> times at once. Its return value completes the task, its exception
/// fails it (<see cref="TaskFailedException"/>, <see cref="TaskRefusedException"/>); when its token is cancelled it should stop, and may still return a result.
/// </remarks>
public sealed partial class WaggleWorker : IAsyncDisposable
{
    private static readonly Lazy<string> ProcessSecret = new(() => RandomId.Hex(32));

    private readonly WaggleWorkerOptions _options;
    private readonly LeaseTable _leases = new();
    private readonly LeaseKeeper _keeper;
    private readonly HubHttp _http;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WaggleWorker(WaggleWorkerOptions options, Func<TaskWork, CancellationToken, ValueTask<RawJson>> handler, IReadOnlyList<string> types)
    {
        _options = options;
        Handler = handler;
        Types = types;
        AgentId = options.AgentId;
        Flusher = new ReportFlusher(options.Time);
        _keeper = new LeaseKeeper(this, _leases);
        Connection = new WaggleConnection(options, new Owner(this));
        _http = new HubHttp(options, Connection);
    }

    /// <summary>The agent's id: the option's, or what the hub gave at the first welcome.</summary>
    public string? AgentId { get; private set; }

    /// <summary>Assignments not yet accounted for: running, or their outcome not yet acknowledged.</summary>
    public int Held => _leases.Count;

    /// <summary>Whether the hub is there now.</summary>
    public bool IsConnected => Connection.IsConnected;

    /// <summary>
    /// Ends after <see cref="StopAsync"/>, or with the <see cref="WaggleException"/> (AGENT_IN_USE, AGENT_REMOVED, REPLACED, …) after which there is no
    /// coming back.
    /// </summary>
    public Task Completion => _completion.Task;

    internal Func<TaskWork, CancellationToken, ValueTask<RawJson>> Handler { get; }

    internal IReadOnlyList<string> Types { get; }

    internal WaggleConnection Connection { get; }

    internal ReportFlusher Flusher { get; }

    internal TimeProvider Time => _options.Time;

    internal bool CancelsUnrenewed => _options.CancelUnrenewed;

    internal bool WantsAcks => _options.OnAcknowledged is not null;

    /// <summary>Connects and begins to take work for the handlers' types.</summary>
    /// <param name="options">Where, as whom, and how much.</param>
    /// <param name="handlers">What to do for which type of task.</param>
    /// <param name="cancel">Ends the connecting; a worker that has started is stopped by <see cref="StopAsync"/>.</param>
    /// <exception cref="WaggleException">The hub refused (AGENT_IN_USE, …), or was not reached within <see cref="WaggleOptions.ConnectTimeout"/>.</exception>
    public static Task<WaggleWorker> StartAsync(WaggleWorkerOptions options, TaskHandlers handlers, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(handlers);
        return StartAsync(options, handlers.Build(), handlers.Types, cancel);
    }

    /// <summary>Connects and begins to take work.</summary>
    /// <param name="options">Where, as whom, and how much.</param>
    /// <param name="handler">Gives a task's result.</param>
    /// <param name="cancel">Ends the connecting; a worker that has started is stopped by <see cref="StopAsync"/>.</param>
    /// <exception cref="WaggleException">The hub refused (AGENT_IN_USE, …), or was not reached within <see cref="WaggleOptions.ConnectTimeout"/>.</exception>
    public static Task<WaggleWorker> StartAsync(
        WaggleWorkerOptions options, Func<TaskWork, CancellationToken, ValueTask<RawJson>> handler, CancellationToken cancel = default) =>
            StartAsync(options, handler, [], cancel);

    private static async Task<WaggleWorker> StartAsync(
        WaggleWorkerOptions options, Func<TaskWork, CancellationToken, ValueTask<RawJson>> handler, IReadOnlyList<string> handled, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        var worker = new WaggleWorker(options, handler, options.Types.Count > 0 ? [.. options.Types] : handled);
        try
        {
            await worker.Connection.StartAsync(cancel);
            return worker;
        }
        catch
        {
            worker._keeper.Dispose();
            worker.Flusher.Dispose();
            worker._http.Dispose();
            throw;
        }
    }
}
