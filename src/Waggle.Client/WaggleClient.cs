using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Sends commands to a hub and observes it. Thread-safe; one client is enough for a process, because its requests share one socket.</summary>
/// <remarks>
/// Every command throws <see cref="WaggleException"/> with the hub's error code. A command waits while the hub is away. After a reconnect the client sends it
/// again if it can be sent twice without harm. Publish, swarm creation and retry cannot and fail with <see cref="ClientErrorCodes.ConnectionLost"/>. Cancelling
/// a command's token ends the wait and not the work that the hub may already do.
/// </remarks>
/// <example>
/// Creates a task and waits for its result.
/// <code>
/// await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = new Uri("http://127.0.0.1:3000") });
/// var spec = new TaskSpec { Title = "Count the words", Type = "count", Input = RawJson.Parse("\"to be or not to be\"") };
/// var created = await client.CreateTaskAsync(spec);
/// var ended = await client.WaitForCompletionAsync(created.Id);
/// Console.WriteLine($"{ended.State}: {ended.Result}");
/// </code>
/// </example>
public sealed class WaggleClient : IAsyncDisposable
{
    /// <summary>
    /// The activity source of the SDK, for OpenTelemetry's <c>AddSource</c>: a producer span around the creation of tasks, a consumer span around each run of a
    /// handler. The trace context is in the task's metadata as <c>traceparent</c> and <c>tracestate</c>.
    /// </summary>
    public const string ActivitySourceName = "Waggle.Client";

    private readonly WaggleConnection _connection;
    private readonly HubHttp _http;
    private readonly ObserverSet _observers;
    private readonly CommandSender _commands;
    private readonly TaskCreation _creation;
    private readonly CompletionWait _completion;

    private WaggleClient(WaggleClientOptions options)
    {
        var waits = new Waits(options);
        _connection = new WaggleConnection(options, waits);
        _http = new HubHttp(options, _connection);
        _observers = new ObserverSet(options);
        _commands = new CommandSender(options, _connection, _observers);
        _creation = new TaskCreation(_commands, options.Time);
        _completion = new CompletionWait(_connection, _commands, waits);
        (Bulks, Purges, Memory, Votes, Schedules, Budgets, Questions) = (new(this), new(this), new(this), new(this), new(this), new(this), new(this));
        (Workflows, Spawns, Topology, Messages, Access, TaskLogs) = (new(this), new(this), new(this), new(this), new(this), new(this));
    }

    /// <summary>The hub's shared memory: values under namespaces and keys.</summary>
    public WaggleMemory Memory { get; }

    /// <summary>Proposals, on which agents and people vote.</summary>
    public WaggleVotes Votes { get; }

    /// <summary>The audit log, the revocation of tokens, and quotas of swarms.</summary>
    public WaggleAccess Access { get; }

    /// <summary>Schedules, which create tasks at given times.</summary>
    public WaggleSchedules Schedules { get; }

    /// <summary>Costs of reported usage, and budgets of tokens and money.</summary>
    public WaggleBudgets Budgets { get; }

    /// <summary>Changes of all tasks that a filter selects.</summary>
    public WaggleBulks Bulks { get; }

    /// <summary>Purges, which erase the payloads of a task or of a subject.</summary>
    public WagglePurges Purges { get; }

    /// <summary>Workflows, their runs and steps.</summary>
    public WaggleWorkflows Workflows { get; }

    /// <summary>The questions that workers ask about their tasks.</summary>
    public WaggleQuestions Questions { get; }

    /// <summary>The stored log lines of tasks.</summary>
    public WaggleTaskLogs TaskLogs { get; }

    /// <summary>Agents whose processes runners start.</summary>
    public WaggleSpawns Spawns { get; }

    /// <summary>The topologies of swarms: who of their agents may give tasks and messages to whom.</summary>
    public WaggleTopology Topology { get; }

    /// <summary>Messages to agents.</summary>
    public WaggleMessages Messages { get; }

    /// <summary>The hub's last welcome.</summary>
    public Welcome Welcome => _connection.Welcome!;

    /// <summary>Whether the client is connected to the hub.</summary>
    public bool IsConnected => _connection.IsConnected;

    /// <summary>A task that completes after dispose, or when the hub closed the connection permanently (with the reason).</summary>
    public Task Completion => _connection.Completion;

    /// <summary>Connects to a hub. The client then reconnects automatically after a disconnect.</summary>
    /// <exception cref="WaggleException">The hub refused, or was not reached within <see cref="WaggleOptions.ConnectTimeout"/>.</exception>
    public static async Task<WaggleClient> ConnectAsync(WaggleClientOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var client = new WaggleClient(options);
        await client._connection.StartAsync(cancel);
        return client;
    }

    /// <summary>Closes the socket and those of open observers. Commands without an answer fail with <see cref="ClientErrorCodes.Closed"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await _observers.DisposeAsync();
        await _connection.DisposeAsync();
        _http.Dispose();
    }

    /// <summary>Creates one task. Without an idempotency key the SDK adds one, so that a lost connection cannot create the task twice.</summary>
    public async Task<TaskCreated> CreateTaskAsync(TaskSpec spec, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return (await CreateTasksAsync([spec], cancel))[0];
    }

    /// <summary>
    /// Creates many tasks, in order, in as few messages as their number and size permit. Each message creates all of its tasks or none. If one fails, the
    /// earlier ones stand and the later ones are not sent. Idempotency keys of your own permit another call after an error.
    /// </summary>
    public Task<IReadOnlyList<TaskCreated>> CreateTasksAsync(IReadOnlyList<TaskSpec> specs, CancellationToken cancel = default) =>
        _creation.RunAsync(specs, cancel);

    /// <summary>Returns one task, with every attempt.</summary>
    public Task<TaskView> ShowTaskAsync(string task, CancellationToken cancel = default) =>
        CommandAsync(new TaskShow { Task = task }, HubJson.Default.TaskView, cancel);

    /// <summary>Groups the tasks that failed, expired or wait for a retry by their errors, the most frequent error first.</summary>
    /// <param name="filter">The tasks; null for all.</param>
    /// <param name="limit">The greatest number of errors, 1 to 1,000.</param>
    public Task<TaskErrorPage> ListTaskErrorsAsync(TaskQuery? filter = null, int limit = 100, CancellationToken cancel = default) =>
        CommandAsync(new TaskErrors { Filter = filter, Limit = limit }, HubJson.Default.TaskErrorPage, cancel);

    /// <summary>Lists all tasks that match. It fetches the pages as the caller reads them.</summary>
    public async IAsyncEnumerable<TaskView> ListTasksAsync(TaskFilter? filter = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var page = (filter ?? new TaskFilter()).FirstPage();
        string? cursor = null;
        do
        {
            var (tasks, next) = await CommandAsync(page with { Cursor = cursor }, HubJson.Default.TaskPage, cancel);
            foreach (var task in tasks) yield return task;
            cursor = next;
        }
        while (cursor is not null);
    }

    /// <summary>Cancels a task. A task without a worker ends at once; otherwise the hub asks the worker to stop.</summary>
    /// <param name="force">Whether to take the task from its worker at once and not after the grace period.</param>
    public Task<TaskAck> CancelTaskAsync(string task, string? reason = null, bool force = false, CancellationToken cancel = default) =>
        CommandAsync(new TaskCancel { Task = task, Reason = reason, Force = force }, HubJson.Default.TaskAck, cancel);

    /// <summary>Changes the priority of a task.</summary>
    /// <param name="priority">The priority, 1 (first) to 5 (last).</param>
    public Task<TaskAck> SetPriorityAsync(string task, int priority, CancellationToken cancel = default) =>
        CommandAsync(new TaskSetPriority { Task = task, Priority = priority }, HubJson.Default.TaskAck, cancel);

    /// <summary>
    /// Gives a waiting task to one agent; from then on no other agent may have it. The agent receives it at once if it has a free slot, else with its next
    /// free slot.
    /// </summary>
    /// <param name="priority">A new priority, 1 (first) to 5 (last); null keeps the task's own.</param>
    /// <exception cref="WaggleException">
    /// <c>NOT_FOUND</c> (the task or the agent), <c>INVALID_STATE</c> (the task does not wait), <c>AGENT_NOT_ABLE</c>.
    /// </exception>
    public Task<TaskAck> AssignTaskAsync(string task, string agent, int? priority = null, CancellationToken cancel = default) =>
        CommandAsync(new TaskAssign { Task = task, Agent = agent, Priority = priority }, HubJson.Default.TaskAck, cancel);

    /// <summary>Creates a new task with the spec of one that ended without success. A second call returns the same new task.</summary>
    public Task<TaskCreated> RetryTaskAsync(string task, CancellationToken cancel = default) =>
        CommandAsync(new TaskRetry { Task = task }, HubJson.Default.TaskCreated, cancel);

    /// <summary>
    /// Waits until a task has ended, with any result, and returns it. It subscribes before it reads the task, so that it cannot miss the end.
    /// </summary>
    /// <exception cref="WaggleException">The hub's error, for example NOT_FOUND.</exception>
    public Task<TaskView> WaitForCompletionAsync(string task, CancellationToken cancel = default) => _completion.RunAsync(task, cancel);

    /// <summary>
    /// Returns the result of a completed task as a stream, for a result that is too long for memory (<c>ResultRef</c> of the task gives its length).
    /// </summary>
    /// <exception cref="WaggleException">NOT_FOUND: the task has no result (yet).</exception>
    public async Task<Stream> GetResultAsync(string task, CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/tasks/{Uri.EscapeDataString(task)}/result");

        // The caller disposes the response by disposing the stream.
        var response = await _http.SendAsync(request, cancel);
        return await response.Content.ReadAsStreamAsync(cancel);
    }

    /// <summary>
    /// Observes topics and patterns (<c>task.#</c>, <c>agent.*.status</c>). The subscription starts with this call. Later commands of this client wait for it,
    /// so that the observer receives their records. Read the observer with <c>await foreach</c>, or dispose it.
    /// </summary>
    /// <param name="patterns">The topics and patterns, 1 to 100.</param>
    /// <param name="since">The position after which everything durable comes first, or a <see cref="NotRecovered"/>. Null starts with new records.</param>
    /// <param name="cancel">Ends the observer.</param>
    public Observer ObserveAsync(IReadOnlyList<string> patterns, Position? since = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        return ObserveAsync(new ObserverFilter { Patterns = patterns, Since = since }, cancel);
    }

    /// <summary>Observes the records that a filter selects, as the overload for patterns does.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="cancel">Ends the observer.</param>
    public Observer ObserveAsync(ObserverFilter filter, CancellationToken cancel = default) => _observers.Open(filter, cancel);

    /// <summary>Creates a swarm. The client does not repeat this after a lost connection.</summary>
    /// <param name="swarm">The new swarm's id; null lets the hub choose one.</param>
    public Task<SwarmView> CreateSwarmAsync(string name, string? swarm = null, CancellationToken cancel = default) =>
        CommandAsync(new SwarmCreate { Name = name, Swarm = swarm }, HubJson.Default.SwarmView, cancel, repeatable: false);

    /// <summary>Returns one swarm.</summary>
    public Task<SwarmView> ShowSwarmAsync(string swarm, CancellationToken cancel = default) =>
        CommandAsync(new SwarmShow { Swarm = swarm }, HubJson.Default.SwarmView, cancel);

    /// <summary>Lists all swarms.</summary>
    public async Task<IReadOnlyList<SwarmView>> ListSwarmsAsync(CancellationToken cancel = default) =>
        (await CommandAsync(new SwarmList(), HubJson.Default.SwarmPage, cancel)).Swarms;

    /// <summary>Pauses a swarm: the hub assigns no new task in it, and running work continues.</summary>
    public Task<SwarmView> PauseSwarmAsync(string swarm, CancellationToken cancel = default) =>
        CommandAsync(new SwarmPause { Swarm = swarm }, HubJson.Default.SwarmView, cancel);

    /// <summary>Resumes a paused or stopped swarm.</summary>
    public Task<SwarmView> ResumeSwarmAsync(string swarm, CancellationToken cancel = default) =>
        CommandAsync(new SwarmResume { Swarm = swarm }, HubJson.Default.SwarmView, cancel);

    /// <summary>
    /// Stops a swarm: pauses it, cancels all its open tasks and rejects new ones until it is resumed. The answer comes once this is decided; the tasks end
    /// right after it.
    /// </summary>
    public Task<SwarmView> StopSwarmAsync(string swarm, CancellationToken cancel = default) =>
        CommandAsync(new SwarmStop { Swarm = swarm }, HubJson.Default.SwarmView, cancel);

    /// <summary>Lists all agents, or those of one swarm.</summary>
    public async Task<IReadOnlyList<AgentView>> ListAgentsAsync(string? swarm = null, CancellationToken cancel = default) =>
        (await CommandAsync(new AgentList { Swarm = swarm }, HubJson.Default.AgentPage, cancel)).Agents;

    /// <summary>Returns one agent.</summary>
    public Task<AgentView> ShowAgentAsync(string agent, CancellationToken cancel = default) =>
        CommandAsync(new AgentShow { Agent = agent }, HubJson.Default.AgentView, cancel);

    /// <summary>Returns what the worker of an agent reported about it: health, metrics and log entries. None of it is measured by the hub.</summary>
    public Task<AgentReportsView> ShowAgentReportsAsync(string agent, CancellationToken cancel = default) =>
        CommandAsync(new AgentReports { Agent = agent }, HubJson.Default.AgentReportsView, cancel);

    /// <summary>Removes an agent permanently; other agents receive its tasks at once.</summary>
    public Task<AgentView> RemoveAgentAsync(string agent, string? reason = null, CancellationToken cancel = default) =>
        CommandAsync(new AgentRemove { Agent = agent, Reason = reason }, HubJson.Default.AgentView, cancel);

    /// <summary>Stops assigning tasks to the agent; it finishes the tasks that it holds.</summary>
    public Task<AgentView> DrainAgentAsync(string agent, CancellationToken cancel = default) =>
        CommandAsync(new AgentDrain { Agent = agent }, HubJson.Default.AgentView, cancel);

    /// <summary>Resumes assigning tasks to a drained agent.</summary>
    public Task<AgentView> ResumeAgentAsync(string agent, CancellationToken cancel = default) =>
        CommandAsync(new AgentResume { Agent = agent }, HubJson.Default.AgentView, cancel);

    /// <summary>
    /// Publishes JSON on a topic under <c>app.</c>. The call completes when the hub has received it. The client does not repeat it after a lost connection.
    /// </summary>
    public Task PublishAsync(string topic, RawJson data, CancellationToken cancel = default) =>
        CommandAsync<Reply>(new Publish { Topic = topic, Data = data }, type: null, cancel, repeatable: false);

    /// <summary>Sends the payload to the hub and returns its echo: a round trip that touches no state.</summary>
    public async Task<RawJson> EchoAsync(RawJson payload, CancellationToken cancel = default) =>
        (await CommandAsync<Reply>(new Echo { Payload = payload }, type: null, cancel)).Result;

    /// <summary>Returns the hub's newest reading of its machine, its process and itself.</summary>
    public Task<SystemView> ShowSystemAsync(CancellationToken cancel = default) => CommandAsync(new SystemShow(), HubJson.Default.SystemView, cancel);

    /// <summary>Lists alerts, newest first.</summary>
    /// <param name="states">The states of the alerts; null or empty for all.</param>
    /// <param name="limit">The greatest number of alerts, up to 1,000.</param>
    public async Task<IReadOnlyList<AlertView>> ListAlertsAsync(
        IReadOnlyList<AlertState>? states = null, int limit = 100, CancellationToken cancel = default) =>
        (await CommandAsync(new AlertList { States = states, Limit = limit }, HubJson.Default.AlertPage, cancel)).Alerts;

    /// <summary>Acknowledges an alert. The alert stays open until its cause is over.</summary>
    public Task<AlertView> AcknowledgeAlertAsync(string alert, CancellationToken cancel = default) =>
        CommandAsync(new AlertAcknowledge { Alert = alert }, HubJson.Default.AlertView, cancel);

    internal Task<T> CommandAsync<T>(ClientMessage message, JsonTypeInfo<T>? type, CancellationToken cancel, bool repeatable = true) =>
        _commands.SendAsync(message, type, cancel, repeatable);
}
