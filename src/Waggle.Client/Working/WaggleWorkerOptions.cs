using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>Options of a <see cref="WaggleWorker"/>.</summary>
public sealed class WaggleWorkerOptions : WaggleOptions
{
    /// <summary>Left out: the hub gives an id, which the worker keeps over reconnects but not over restarts.</summary>
    public string? AgentId { get; set; }

    /// <summary>The agent's name for people. Left out: its id.</summary>
    public string? AgentName { get; set; }

    /// <summary>Left out: the swarm that every hive has.</summary>
    public string? Swarm { get; set; }

    /// <summary>Capability to proficiency, 0..1.</summary>
    public Dictionary<string, double> Capabilities { get; } = [];

    /// <summary>
    /// The types of tasks that the worker takes: it gets those and no others. Empty: all, tasks without a type among them; a worker with
    /// <see cref="TaskHandlers"/> and without <see cref="TaskHandlers.Otherwise"/> then takes the types that it has handlers for.
    /// </summary>
    public List<string> Types { get; } = [];

    /// <summary>How many tasks at a time.</summary>
    public int Slots { get; set; } = 1;

    /// <summary>
    /// Proves over reconnects that this is the same worker; at least 16 characters. Left out: drawn once for the process, so another process cannot take
    /// the agent over.
    /// </summary>
    public string? Secret { get; set; }

    /// <summary>
    /// While another worker has the agent's name (AGENT_IN_USE): true waits for it as long as the hub asks, again and again within
    /// <see cref="WaggleOptions.ConnectTimeout"/>; false, the default, fails the start at once with the hub's error. After the first welcome it is always
    /// waited for.
    /// </summary>
    public bool WaitWhileInUse { get; set; }

    /// <summary>
    /// False, the default: a handler goes on while the hub is away, however long; on the next connection the hub says whether its lease still stands, and a
    /// handler whose lease is gone is cancelled then. True cancels a handler (<see cref="CancelCause.LeaseLost"/>) as soon as no renewal was acknowledged
    /// for the length of its lease: for work that must not run twice at the same time, at the price of work that no other worker took over.
    /// </summary>
    public bool CancelUnrenewed { get; set; }

    /// <summary>
    /// How long cancelled handlers have to end when the worker stops, after its grace. Their leases are renewed meanwhile and given back as each handler ends;
    /// the lease of one that has still not ended is left to run out, so that nobody else begins while it may still be at work.
    /// </summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Called once for each assignment, before its handler. Hooks run on the SDK's loops and must return quickly; one that throws ends the worker.
    /// </summary>
    public Action<Assign>? OnAssigned { get; set; }

    /// <summary>The hub has durably taken what ended an assignment (result, failure, refusal, release, cancellation).</summary>
    public Action<string, int, long, TaskAck>? OnAcknowledged { get; set; }

    /// <summary>
    /// What ended an assignment will never be acknowledged: task, attempt, token, code (STALE_LEASE, NOT_FOUND, …). The last word on the assignment.
    /// </summary>
    public Action<string, int, long, string>? OnRejected { get; set; }

    /// <summary>A progress report or log lines were not taken: task, attempt, token, code.</summary>
    public Action<string, int, long, string>? OnReportRejected { get; set; }
}
