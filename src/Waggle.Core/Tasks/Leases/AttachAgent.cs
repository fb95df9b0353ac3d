using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Leases;

/// <summary>
/// Attaches a worker that sent hello for an agent. The command registers the agent or takes it up again, and decides which leases it keeps. The reply is a
/// <see cref="WelcomeAgent"/>.
/// </summary>
public sealed record AttachAgent(AgentHello Hello, string AgentId, IAgentLink Link) : Command<WelcomeAgent>
{
    private const int MinSecretLength = 16;

    /// <summary>
    /// Whether a worker polls for work over HTTP. <see cref="AgentHello.Slots"/> is then a credit for this poll alone, on top of the tasks that the agent
    /// holds. Such a worker has no connection that can be lost, so it keeps its leases without naming them.
    /// </summary>
    public bool Poll { get; init; }

    /// <summary>
    /// Whether the messages of the worker's API name neither properties nor leases. The agent then keeps those that it has, in the order of their ids.
    /// </summary>
    public bool KeepsUnnamed { get; init; }

    /// <summary>Whether an agent that is known stays in its swarm, and <see cref="AgentHello.Swarm"/> is that of a new agent.</summary>
    public bool KeepsSwarm { get; init; }

    public override string Right => Permissions.WorkTasks;

    public override string? Refusal(IHiveView hive)
    {
        if (AgentRights.Problem(By, AgentId) is { } problem) return problem;
        if (hive.Agent(AgentId) is { RemovedAt: null } there && !By.Reaches(there.Swarm))
            return $"Agent '{AgentId}' belongs to a swarm that '{By.Subject}' may not reach.";
        var swarm = SwarmFor(hive.Agent(AgentId), hive);
        return By.Reaches(swarm) ? null : By.OutOfReach(swarm);
    }

    public override Error? Malformed()
    {
        if (Hello.Types?.Contains(null!) == true) return new(ErrorCodes.InvalidRequest, "agent.types holds a null.");
        if (Hello.Holding is not { } holding) return null;
        if (holding.Count > Limits.MaxSlots)
            return new(ErrorCodes.InvalidRequest, $"agent.holding has at most {Limits.MaxSlots} entries; there were {holding.Count}.");
        return holding.Contains(null!) ? new(ErrorCodes.InvalidRequest, "agent.holding holds a null.") : null;
    }

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        foreach (var lease in Hello.Holding ?? [])
        {
            if (view.Task(lease.Task) is null) keys.Add(new(TaskEntity.Entity.Name, lease.Task));
        }
    }

    public override Decision<WelcomeAgent> Decide(IHiveView view, in DecisionContext context)
    {
        if (Problem(view) is { } problem) return problem;
        if (view.HelloProblem(AgentId, Hello.SpawnToken) is { } stranger) return Decision.Reject(stranger, []);
        var known = view.Agent(AgentId) is { RemovedAt: null } a ? a : null;
        var spawned = view.Spawned(AgentId);
        var swarm = SwarmFor(known, view);
        if (known?.Swarm != swarm && SwarmQuotas.OfAgents(swarm, view, 1) is { } full) return Decision.Reject(full, []);
        var presence = view.Presence(AgentId);
        var hash = AgentSecret.HashOf(Hello.Secret);
        var records = new List<RecordData>();
        // The spawn token has proven a process that a runner started; its secret may be another one than that of the process before.
        if (known is not null && spawned is null && view.SecretOf(AgentId) is { } secret && secret != hash)
        {
            // Another worker may take over the name once the hub shows its holder as offline.
            if (presence is not null && AgentViews.StatusOf(known, presence) != Protocol.Model.AgentStatus.Offline)
            {
                var until = presence.SilentSince + context.Options.AgentOfflineAfter;
                foreach (var held in presence.Holding)
                {
                    if (view.LeaseUntil(held) is { } end && end > until) until = end;
                }

                var wait = until - context.Now;
                return Decision.Reject(
                    ErrorCodes.AgentInUse,
                    $"Agent '{AgentId}' is held by another worker, with another secret. Choose another name, or wait until that one is offline.",
                    Math.Max(1000, (long)wait.TotalMilliseconds));
            }
        }

        var name = spawned?.Name ?? Hello.Name ?? known?.Name ?? AgentId;
        var keeps = Poll || KeepsUnnamed || IsDeclared(view);
        var capabilities = spawned?.Capabilities ?? Hello.Capabilities ?? (keeps ? known?.Capabilities : null)
            ?? new Dictionary<string, double>(StringComparer.Ordinal);
        var types = Hello.Types is { Count: > 0 } given ? [.. given.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]
            : Hello.Types is null && keeps ? known?.Types
            : null;
        var type = spawned?.Type ?? Hello.Type ?? (keeps ? known?.Type : null);
        var draining = known is { Draining: true, DrainedBy: { } by } && by != AgentId && view.SecretOf(AgentId) == hash;
        if (known is null || known.Failure is not null || known.Draining != draining || known.Name != name || known.Type != type || known.Swarm != swarm
            || !Same(known.Capabilities, capabilities) || !Same(known.Types, types))
        {
            records.Add(new AgentRegistered
            {
                Agent = AgentId,
                Name = name,
                Type = type,
                Swarm = swarm,
                Capabilities = capabilities,
                Types = types,
                Draining = draining,
                Changed = known is not null,
            });
        }

        if (view.SecretOf(AgentId) != hash) records.Add(new SecretSet(AgentId, hash));
        var again = Poll ? Undelivered(view, context) : [];
        var granted = Math.Min(Hello.Slots, spawned?.Slots ?? Limits.MaxSlots);
        var slots = Poll ? granted + (presence?.Holding.Count ?? 0) - again.Count : granted;
        records.Add(new AgentAttached(AgentId, Link, slots, Poll, context.Now));
        records.AddRange(again);
        var welcome = SettleLeases(view, context, swarm, records);
        records.Add(new AgentStatusChanged
        {
            Agent = AgentId,
            Name = name,
            Type = type,
            Swarm = swarm,
            Status = draining ? AgentStatus.Draining : AgentStatus.Online,
            OldStatus = known is null ? null : AgentViews.StatusOf(known, presence),
            Slots = slots,
            Holding = Poll ? presence?.Holding.Count ?? 0 : welcome.Keep.Count,
        });
        return Decision.Of(welcome, records);
    }

    // The reply to a poll can be lost. The next reply repeats the tasks that the agent holds, never mentioned and does not name now, the oldest first.
    private List<LeaseRedelivered> Undelivered(IHiveView view, in DecisionContext context)
    {
        var again = new List<(long Token, LeaseRedelivered Record)>();
        foreach (var held in view.Presence(AgentId)?.Holding ?? [])
        {
            if (view.Task(held) is not { State: TaskState.Assigned, Lease: { StartedAt: null } lease } task || view.IsAcknowledged(held)) continue;
            if (Hello.Holding?.Contains(new LeaseRef(held, lease.Attempt, lease.Token)) == true) continue;
            again.Add((lease.Token, new LeaseRedelivered(held, context.Now + task.Spec.Lease(context.Options))));
        }

        return [.. again.OrderBy(a => a.Token).Take(Hello.Slots).Select(a => a.Record)];
    }

    private WelcomeAgent SettleLeases(IHiveView view, in DecisionContext context, string swarm, List<RecordData> records)
    {
        var keep = new List<LeaseRef>();
        var stop = new List<LeaseRef>();
        var missing = new List<LeaseRef>();
        if (Poll)
        {
            // A poll need not name the tasks that the agent holds; a task that it names has arrived.
            foreach (var lease in Hello.Holding ?? [])
            {
                if (view.Task(lease.Task) is { } task && task.Holds(AgentId, lease.Attempt, lease.Token))
                    records.Add(new LeaseExtended(lease.Task, context.Now + task.Spec.Lease(context.Options)));
            }

            return new WelcomeAgent { Id = AgentId, Swarm = swarm, Keep = keep, Stop = stop, Missing = missing };
        }

        foreach (var lease in Hello.Holding ?? [])
        {
            var task = view.Task(lease.Task);
            if (task?.Holds(AgentId, lease.Attempt, lease.Token) == true)
            {
                keep.Add(lease);
                records.Add(new LeaseExtended(lease.Task, context.Now + task.Spec.Lease(context.Options)));
            }
            else
            {
                stop.Add(lease);
            }
        }

        foreach (var held in view.Presence(AgentId)?.Holding.Order(StringComparer.Ordinal).ToArray() ?? [])
        {
            if (view.Task(held) is not { Lease: { } lease } task || keep.Exists(k => k.Task == held)) continue;
            if (KeepsUnnamed)
            {
                keep.Add(new(held, lease.Attempt, lease.Token));
                continue;
            }

            missing.Add(new(held, lease.Attempt, lease.Token));

            // A task that was started and then forgotten is a crash and counts as a loss. A task that was never started means that the assignment did not
            // arrive.
            records.Add(lease.StartedAt is null
                ? AttemptEnding.HandBack(task, view, AttemptOutcomes.NotHeld, earlier: records)
                : AttemptEnding.Lose(task, view, context, records));
        }

        return new WelcomeAgent { Id = AgentId, Swarm = swarm, Keep = keep, Stop = stop, Missing = missing };
    }

    private Effect? Problem(IHiveView view)
    {
        if (!Ids.IsValid(AgentId)) return Bad(Ids.Rule("agent", AgentId));
        if (Hello.Secret.Length is < MinSecretLength or > 200) return Bad($"agent.secret has {MinSecretLength} to 200 characters.");
        if (!KeepsUnnamed && AgentSecret.IsOfUser(Hello.Secret)) return Bad("agent.secret begins with a control character that the hub keeps for itself.");
        if (Hello.Name is { Length: 0 or > Limits.MaxTitleLength }) return Bad($"agent.name has 1 to {Limits.MaxTitleLength} characters.");
        if (Hello.Type is { } type && !Ids.IsValid(type)) return Bad(Ids.Rule("agent.type", type));
        if (Hello.Types is { Count: > Limits.MaxCapabilities } many)
            return Bad($"agent.types has at most {Limits.MaxCapabilities} entries; there were {many.Count}.");
        if (Hello.Types?.FirstOrDefault(t => !Ids.IsValid(t)) is { } wrong) return Bad(Ids.Rule("agent.types", wrong));
        if (Hello.Slots is < 0 or > Limits.MaxSlots) return Bad($"agent.slots is 0 to {Limits.MaxSlots}; it was {Hello.Slots}.");
        if (Hello.Capabilities is { } capabilities && CapabilityRules.Problem("agent.capabilities", capabilities) is { } problem) return Bad(problem);
        var swarm = SwarmFor(view.Agent(AgentId), view);
        return view.Swarm(swarm) is null ? Decision.Reject(ErrorCodes.NotFound, $"There is no swarm '{swarm}'.") : null;
    }

    private string SwarmFor(AgentEntity? known, IHiveView view) =>
        view.Spawned(AgentId)?.Swarm ?? (KeepsSwarm && known is { RemovedAt: null } ? known.Swarm : Hello.Swarm)
            ?? (known is { RemovedAt: null } && (Poll || KeepsUnnamed || IsDeclared(view)) ? known.Swarm : Swarms.SwarmEntity.DefaultId);

    // A client declared the agent before its worker came. Properties that the worker leaves out keep their declared values.
    private bool IsDeclared(IHiveView view) => view.Agent(AgentId) is { RemovedAt: null } && view.SecretOf(AgentId) is null;

    private static Effect Bad(string message) => Decision.Reject(ErrorCodes.InvalidRequest, message);

    private static bool Same(IReadOnlyList<string>? a, IReadOnlyList<string>? b) =>
        a is null ? b is null : b is not null && a.SequenceEqual(b, StringComparer.Ordinal);

    private static bool Same(IReadOnlyDictionary<string, double> a, IReadOnlyDictionary<string, double> b) =>
        a.Count == b.Count && a.All(p => b.TryGetValue(p.Key, out var v) && v.Equals(p.Value));
}
