using System.Globalization;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>The options of a <see cref="WaggleWorker"/>.</summary>
public sealed class WaggleWorkerOptions : WaggleOptions
{
    /// <summary>The agent's id. Null lets the hub choose one, which the worker keeps over reconnects but not over restarts.</summary>
    public string? AgentId { get; set; }

    /// <summary>The agent's name for people; null for its id.</summary>
    public string? AgentName { get; set; }

    /// <summary>The agent's swarm; null for the swarm that every hive has.</summary>
    public string? Swarm { get; set; }

    /// <summary>The proficiency of each capability, from 0 to 1.</summary>
    public Dictionary<string, double> Capabilities { get; } = [];

    /// <summary>
    /// The types of tasks that the worker takes; it receives no others. An empty list takes all tasks, including those without a type. A worker with
    /// <see cref="TaskHandlers"/> and without <see cref="TaskHandlers.Otherwise"/> then takes the types that have handlers.
    /// </summary>
    public List<string> Types { get; } = [];

    /// <summary>The number of tasks that the worker takes at a time.</summary>
    public int Slots { get; set; } = 1;

    /// <summary>
    /// The secret that identifies the worker over reconnects; at least 16 characters. Null draws one for the process, so that another process cannot take the
    /// agent over.
    /// </summary>
    public string? Secret { get; set; }

    /// <summary>
    /// The token of a process that a runner started, from its variable <c>WAGGLE_SPAWN_TOKEN</c>: it ties the hello to the request. Null, the default, for
    /// every other worker.
    /// </summary>
    public string? SpawnToken { get; set; }

    /// <summary>
    /// Whether the worker waits while another worker has the agent's name (AGENT_IN_USE). True waits as long as the hub asks, again and again within
    /// <see cref="WaggleOptions.ConnectTimeout"/>. False, the default, fails the start at once with the hub's error. After the first welcome the worker always
    /// waits.
    /// </summary>
    public bool WaitWhileInUse { get; set; }

    /// <summary>
    /// Whether the worker cancels a handler (<see cref="CancelCause.LeaseLost"/>) once the hub acknowledged no renewal for the length of its lease. True serves
    /// work that must not run twice at the same time, at the price of work that no other worker took over. False, the default, lets a handler continue while
    /// the hub is away, for any time; on the next connection the hub decides whether the lease still stands, and the worker cancels a handler whose lease is
    /// gone.
    /// </summary>
    public bool CancelUnrenewed { get; set; }

    /// <summary>
    /// The time that cancelled handlers have to end when the worker stops, after its grace period. The worker renews their leases meanwhile and returns each
    /// when its handler ends. It lets the lease of a handler that has not ended expire, so that no other worker begins while the handler may still run.
    /// </summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Called once for each assignment, before its handler. Hooks run on the SDK's loops and must return quickly; an exception ends the worker.
    /// </summary>
    public Action<Assign>? OnAssigned { get; set; }

    /// <summary>
    /// Returns the vote of the worker's agent when the hub asks for it: one option of the request, several with the rule
    /// <see cref="Protocol.Model.VoteRule.Approval"/>, or null for no vote. It runs on the thread pool, for up to eight proposals at once; the token is
    /// cancelled when the worker has ended. Null, the default, leaves requests unanswered, and the agent does not vote.
    /// </summary>
    public Func<VoteRequested, CancellationToken, ValueTask<IReadOnlyList<string>?>>? OnVote { get; set; }

    /// <summary>Called when a vote was not cast: the proposal, and what <see cref="OnVote"/> threw or the hub refused.</summary>
    public Action<string, Exception>? OnVoteFailed { get; set; }

    /// <summary>
    /// Handles a message to the worker's agent. It runs on the thread pool, for one message at a time, in the order of sending; the worker acknowledges the
    /// message after it. A message may come twice, with the same id: the hub delivers it until it is acknowledged. Null, the default, leaves messages at the
    /// hub until their time is over.
    /// </summary>
    public Func<AgentMessage, CancellationToken, ValueTask>? OnMessage { get; set; }

    /// <summary>
    /// Called when <see cref="OnMessage"/> threw for a message, or the hub refused its acknowledgement: the id of the message and the cause. The worker calls
    /// the handler up to three times, 1 s and 2 s later, and then gives the message up: the hub notes the reason, and later messages come.
    /// If this hook throws, the worker ends.
    /// </summary>
    public Action<string, Exception>? OnMessageFailed { get; set; }

    /// <summary>Called when the hub has durably accepted the end of an assignment (result, failure, refusal, release, cancellation).</summary>
    public Action<string, int, long, TaskAck>? OnAcknowledged { get; set; }

    /// <summary>
    /// Called when the hub will never acknowledge the end of an assignment: task, attempt, token, code (STALE_LEASE, NOT_FOUND, …). No further call follows
    /// for the assignment.
    /// </summary>
    public Action<string, int, long, string>? OnRejected { get; set; }

    /// <summary>Called when the hub refused a progress report, a usage report or log lines: task, attempt, token, code.</summary>
    public Action<string, int, long, string>? OnReportRejected { get; set; }

    /// <summary>
    /// Returns options with what a runner gives the processes that it starts: <c>WAGGLE_URL</c>, <c>WAGGLE_TOKEN</c>, <c>WAGGLE_AGENT_ID</c>,
    /// <c>WAGGLE_AGENT_NAME</c>, <c>WAGGLE_AGENT_SWARM</c>, <c>WAGGLE_AGENT_SLOTS</c> and <c>WAGGLE_SPAWN_TOKEN</c>. A variable that is absent leaves the
    /// option as it is. The hub decides the name, the swarm, the capabilities and the greatest credit of such an agent itself.
    /// </summary>
    /// <example>
    /// <code>
    /// await using var worker = await WaggleWorker.StartAsync(WaggleWorkerOptions.FromEnvironment(), handlers);
    /// await worker.Completion;
    /// </code>
    /// </example>
    public static WaggleWorkerOptions FromEnvironment()
    {
        var options = new WaggleWorkerOptions
        {
            Token = Variable("WAGGLE_TOKEN"),
            AgentId = Variable("WAGGLE_AGENT_ID"),
            AgentName = Variable("WAGGLE_AGENT_NAME"),
            Swarm = Variable("WAGGLE_AGENT_SWARM"),
            SpawnToken = Variable("WAGGLE_SPAWN_TOKEN"),
        };
        if (Uri.TryCreate(Variable("WAGGLE_URL"), UriKind.Absolute, out var url)) options.Url = url;
        if (int.TryParse(Variable("WAGGLE_AGENT_SLOTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var slots)) options.Slots = slots;
        return options;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
