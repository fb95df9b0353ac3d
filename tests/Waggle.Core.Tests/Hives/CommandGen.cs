using Waggle.Core.Agents;
using Waggle.Core.Budgets;
using Waggle.Core.Chat;
using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Core.Notifications;
using Waggle.Core.Presence;
using Waggle.Core.Questions;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Leases;
using Waggle.Core.Tests.Support;
using Waggle.Core.Topology;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Hives;

/// <summary>Commands at random, sensible and not: right, stale and foreign leases, agents that come, vanish, come back and are thrown out.</summary>
internal sealed class CommandGen(Gen gen, TestHive hive)
{
    private static readonly string[] AgentIds = ["a1", "a2", "a3", "a4", "a5"];
    private static readonly string[] Answers = ["yes", "no"];
    private static readonly string[] Users = ["ann", "bob@example.com"];
    private static readonly string[] Capabilities = ["code", "review", "test"];

    // Most of the states are Active, because a sequence of stopped swarms tests little else.
    private static readonly SwarmState[] SwarmStates = [SwarmState.Active, SwarmState.Active, SwarmState.Active, SwarmState.Paused, SwarmState.Stopped];

    private readonly List<string> _tasks = ["t9-999"];
    private readonly List<(string Agent, LeaseRef Lease)> _leases = [];
    private readonly Dictionary<string, FakeLink> _links = new(StringComparer.Ordinal);

    /// <summary>Takes note of what the last turn led to.</summary>
    public void Learn()
    {
        foreach (var record in hive.Last)
        {
            if (record.Payload is TaskCreated created) _tasks.Add(created.Task);
            if (record.Payload is TaskAssigned assigned) _leases.Add((assigned.Agent, new(assigned.Task, assigned.Attempt, assigned.Token)));
        }
    }

    public Command Next() => gen.Int(0, 99) switch
    {
        < 22 => Create(),
        < 32 => Attach(),
        < 34 => Detach(),
        < 38 => new SetCredit(gen.Pick(AgentIds), gen.Int(0, 3)) { By = Someone },
        < 39 => gen.Bool(0.3) ? new ResumeAgent(gen.Pick(AgentIds)) { By = Someone } : new DrainAgent(gen.Pick(AgentIds)) { By = Someone },
        < 40 => new RemoveAgent(gen.Pick(AgentIds), gen.Maybe(() => "enough")) { By = Someone },
        < 78 => Work(),
        < 81 => Answer(),
        < 85 => Renew(),
        < 90 => new CancelTask(ATask(), gen.Maybe(() => "changed my mind"), gen.Bool(0.2)) { By = Someone },
        < 92 => new SetPriority(ATask(), gen.Int(0, 6)) { By = Someone },
        < 93 => new AssignTask(ATask(), gen.Pick(AgentIds), gen.Maybe(() => gen.Int(0, 6), 0.3)) { By = Someone },
        < 94 => new SetSwarmState(gen.Bool(0.7) ? "default" : "s2", gen.Pick(SwarmStates)) { By = Someone },
        < 95 => new SetTopology(gen.Bool(0.7) ? "default" : "s2", Topology()) { By = Someone },
        < 96 => new RetryTask(ATask()) { By = Someone },
        < 97 => gen.Bool() ? Budget() : People(),
        < 98 => new CreateSwarm("Second", "s2") { By = Someone },
        < 99 => Look(),
        _ => new ListAgents(null) { By = Someone },
    };

    private TopologySpec Topology()
    {
        var kind = gen.Pick(Enum.GetValues<TopologyKind>());
        var isTree = kind is TopologyKind.Hierarchical or TopologyKind.HierarchicalMesh;
        return new()
        {
            Kind = kind,
            Leads = (isTree || kind == TopologyKind.Star) && gen.Bool() ? [gen.Pick(AgentIds.AsSpan(..2))] : null,
            Parents = isTree && gen.Bool() ? new Dictionary<string, string> { ["a4"] = "a3", ["a3"] = gen.Pick("a1", "a2", "a5") } : null,
            Order = kind == TopologyKind.Ring && gen.Bool() ? ["a3", "a1"] : null,
        };
    }

    private Command Look() => gen.Int(0, 9) switch
    {
        0 => new ShowTask(ATask()) { By = Someone },
        < 3 => new AcknowledgeAlert(hive.All.OfType<AlertFired>().LastOrDefault()?.Alert ?? "al9-9") { By = Someone },
        _ => Readings.Report([.. AlertRules.Standard.Where(_ => gen.Bool(0.4)).Select(r => Readings.Finding(r, gen.Bool()))], gen.Bool(0.05) ? [] : AlertRules.Standard),
    };

    private static Principal Someone { get; } = Principal.Local("default", "someone");

    private static Principal As(string agent) => Someone with { Subject = agent, Agent = agent };

    private string ATask() => gen.Bool(0.7) && _tasks.Count > 8 ? _tasks[^gen.Int(1, 8)] : gen.Pick(_tasks.ToArray());

    private CreateTasks Create() => new(gen.List(1, 3, Spec)) { By = Someone };

    private TaskSpec Spec() => gen.Int(0, 19) switch
    {
        0 => Plain() with { Singleton = new("one" + gen.Int(1, 2), gen.Bool() ? SingletonConflict.ReturnExisting : null) },
        1 => Plain() with { DependsOn = null, Debounce = new("last" + gen.Int(1, 2), gen.Int(100, 20_000)) },
        _ => Plain(),
    };

    private TaskSpec Plain() => new()
    {
        Title = "Task " + gen.Int(1, 99),
        Swarm = gen.Bool(0.1) ? "s2" : null,
        Requires = gen.Maybe(Requirements, 0.4),
        AssignTo = gen.Maybe(() => gen.Pick(AgentIds), 0.1),
        Priority = gen.Bool(0.3) ? gen.Int(1, 5) : null,
        DependsOn = gen.Maybe(() => gen.List(0, 3, ATask), 0.3),
        Join = gen.Bool(0.3) ? JoinRule.AllEnded : null,
        Parent = gen.Maybe(ATask, 0.1),
        IdempotencyKey = gen.Maybe(() => "key" + gen.Int(1, 12), 0.2),
        LeaseMs = gen.Bool(0.2) ? gen.Int(100, 60_000) : null,
        MaxAttempts = gen.Bool(0.2) ? gen.Int(1, 4) : null,
        PoisonLosses = gen.Bool(0.2) ? gen.Int(1, 4) : null,
        BackoffBaseMs = gen.Bool(0.1) ? gen.Int(0, 5_000) : null,
        ScheduleToStartMs = gen.Bool(0.1) ? gen.Int(1, 120_000) : null,
        StartToCloseMs = gen.Bool(0.1) ? gen.Int(1, 60_000) : null,
        ScheduleToCloseMs = gen.Bool(0.1) ? gen.Int(1, 300_000) : null,
        Exclude = gen.Maybe(() => gen.List(1, 2, () => gen.Pick(AgentIds)), 0.1),
        Verify = gen.Maybe(() => new VerifySpec { Review = new() { Count = gen.Bool() ? 3 : null }, DeadlineMs = gen.Bool() ? gen.Int(100, 60_000) : null }, 0.2),
        Concurrency = gen.Maybe(() => new ConcurrencySpec("key" + gen.Int(1, 3), gen.Int(1, 2)), 0.3),
        Fairness = gen.Maybe(() => new FairnessSpec("user" + gen.Int(1, 3), gen.Bool() ? gen.Int(1, 4) : null), 0.2),
        Rate = gen.Maybe(() => new RateSpec("api" + gen.Int(1, 2), gen.Int(1, 3), gen.Pick(1_000, 30_000)), 0.2),
        CancelGraceMs = gen.Bool(0.1) ? gen.Int(0, 60_000) : null,
        Input = gen.Bool(0.2) ? RawJson.Parse("""{"a":[1,{"b":null}]}""") : default,
    };

    private Dictionary<string, double> Requirements() => gen.List(1, 2, () => gen.Pick(Capabilities)).Distinct().ToDictionary(c => c, _ => gen.Int(0, 10) / 10.0);

    private AttachAgent Attach()
    {
        var agent = gen.Pick(AgentIds);
        var link = _links[agent] = new FakeLink();
        var holding = _leases.Where(l => l.Agent == agent).Select(l => l.Lease).TakeLast(4).Where(_ => gen.Bool(0.7)).ToArray();
        var hello = new AgentHello
        {
            Secret = gen.Bool(0.9) ? $"the secret of {agent}" : "somebody else's secret",
            Swarm = gen.Bool(0.1) ? "s2" : null,
            Capabilities = gen.Maybe(() => Capabilities.Where(_ => gen.Bool(0.8)).ToDictionary(c => c, _ => gen.Int(3, 10) / 10.0), 0.9),
            Slots = gen.Int(0, 3),
            Holding = holding,
        };
        return new AttachAgent(hello, agent, link) { By = Someone, Poll = gen.Bool(0.1) };
    }

    private DetachAgent Detach()
    {
        var agent = gen.Pick(AgentIds);
        return new DetachAgent(agent, _links.GetValueOrDefault(agent) ?? new FakeLink()) { By = As(agent) };
    }

    private Command Work()
    {
        if (_leases.Count == 0) return Create();
        var (agent, lease) = gen.Bool(0.8) ? _leases[^gen.Int(1, Math.Min(6, _leases.Count))] : gen.Pick(_leases.ToArray());
        if (gen.Bool(0.03)) lease = lease with { Token = lease.Token + gen.Int(-3, 3) };
        if (gen.Bool(0.03)) lease = lease with { Attempt = lease.Attempt + 1 };
        if (gen.Bool(0.03)) agent = gen.Pick(AgentIds);
        var by = As(agent);
        return gen.Int(0, 20) switch
        {
            <= 3 => new StartTask(lease) { By = by },
            <= 5 => new ReportProgress(lease, gen.Int(-1, 11) / 10.0, gen.Maybe(() => gen.Text(0, 5))) { By = by },
            6 => new LogLines(lease, gen.List(0, 30, () => gen.Text(0, 5))) { By = by },
            <= 10 => new CompleteTask(lease, RawJson.Parse($"{{\"by\":\"{agent}\"}}"), gen.Maybe(AUsage)) { By = by },
            <= 12 => new FailTask(lease, new("BOOM", gen.Text(1, 5)), gen.Bool(0.8), gen.Bool(0.2) ? TimeSpan.FromSeconds(gen.Int(0, 90)) : null, null) { By = by },
            13 => new RefuseTask(lease, gen.Maybe(() => "no")) { By = by },
            14 => new ReleaseTask(lease) { By = by },
            <= 16 => new AskQuestion(lease, Question(), gen.Bool(0.3) ? RawJson.Parse("[1]") : default) { By = by },
            17 => new KeepCheckpoint(lease, RawJson.Parse($"{gen.Int(1, 99)}")) { By = by },
            18 or 19 => new ReportUsage(lease, AUsage()) { By = by },
            _ => new ConfirmCancelled(lease) { By = by },
        };
    }

    private Usage AUsage() => new()
    {
        Model = gen.Maybe(() => gen.Pick("m1", "m2"), 0.9),
        InputTokens = gen.Bool() ? gen.Int(-1, 40) : null,
        OutputTokens = gen.Bool() ? gen.Int(0, 40) : null,
        CostUsd = gen.Bool() ? gen.Int(0, 40) / 1000m : null,
    };

    private Command Budget()
    {
        var id = gen.Pick("b1", "b2", "b3");
        if (gen.Bool(0.2)) return new RemoveBudget(id) { By = Someone };
        if (gen.Bool(0.3) && hive.State.Budgets.All.FirstOrDefault(b => b.State != BudgetState.Open) is { } used)
            return new SetBudget(used.Id, used.Spec with { Tokens = 1_000_000, CostUsd = 1_000 }) { By = Someone };
        var spec = new BudgetSpec
        {
            Swarm = gen.Maybe(() => gen.Pick("default", "s2"), 0.4),
            Task = gen.Maybe(ATask, 0.4),
            Period = gen.Bool(0.2) ? BudgetPeriod.Day : BudgetPeriod.Total,
            Tokens = gen.Bool() ? gen.Int(1, 400) : null,
            CostUsd = gen.Bool() ? gen.Int(1, 200) / 1000m : null,
        };
        return new SetBudget(id, spec) { By = Someone };
    }

    private QuestionSpec Question() => new()
    {
        Text = "Which?",
        Choices = gen.Maybe(() => Answers),
        Default = gen.Bool(0.4) ? RawJson.Parse("\"yes\"") : default,
        DeadlineMs = gen.Bool(0.7) ? gen.Int(100, 120_000) : null,
        Hold = gen.Bool(),
        Key = gen.Maybe(() => "key" + gen.Int(1, 2), 0.3),
    };

    private AnswerQuestion Answer()
    {
        var asked = hive.All.OfType<QuestionAsked>().TakeLast(6).Select(q => q.Question).ToArray();
        var by = gen.Bool(0.6) ? Someone : As(gen.Pick(AgentIds));
        return new AnswerQuestion(asked.Length == 0 ? "q9" : gen.Pick(asked), RawJson.Parse(gen.Pick("\"yes\"", "\"no\"", "7"))) { By = by };
    }

    private Command People()
    {
        var by = Someone with { User = gen.Pick(Users) };
        var connection = "c" + gen.Int(1, 4);
        return gen.Int(0, 7) switch
        {
            0 or 1 => new SetPresence(connection, gen.Maybe(() => gen.Pick(Enum.GetValues<PresenceStatus>())), gen.Bool()) { By = by },
            2 => new LeavePresence(connection, gen.Int(0, 500), gen.Int(0, 100)) { By = by },
            3 => new OpenConversation("talk" + gen.Int(1, 2), Participants: gen.Maybe(() => gen.List(1, 2, () => gen.Pick(Users)))) { By = by },
            4 or 5 => new PostMessage("talk" + gen.Int(1, 2), gen.Text(1, 5), gen.Maybe(() => "key" + gen.Int(1, 3))) { By = by },
            6 => new SendNotification(gen.Pick(Enum.GetValues<NotificationLevel>()), "hear", gen.Maybe(() => gen.Pick(Users)), IdempotencyKey: gen.Maybe(() => "key" + gen.Int(1, 3))) { By = by },
            _ => new MarkSeen(hive.All.OfType<NotificationSent>().LastOrDefault()?.Id ?? "none") { By = by },
        };
    }

    private RenewLeases Renew()
    {
        var agent = gen.Pick(AgentIds);
        return new RenewLeases([.. _leases.Where(l => l.Agent == agent).Select(l => l.Lease).TakeLast(5)]) { By = As(agent) };
    }
}
