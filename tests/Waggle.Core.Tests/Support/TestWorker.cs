using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Leases;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Support;

/// <summary>An agent's worker: it sends hello, and works on its assignments or does not.</summary>
internal sealed class TestWorker(TestHive hive, string id, string? secret = null)
{
    public string Id => id;

    public string Secret { get; } = secret ?? $"the secret of {id}, well kept";

    public FakeLink Link { get; private set; } = new();

    public Principal Principal { get; } = TestHive.User with { Subject = id, Agent = id };

    /// <summary>The lease of the last assignment.</summary>
    public LeaseRef Lease => Link.Assigned[^1];

    public bool Has(string task) => hive.Task(task) is { Lease: { } lease } t && t.IsHeld && lease.Agent == id;

    /// <summary>The lease that it was given for a task, whether it still holds or not.</summary>
    public LeaseRef LeaseOn(string task) => Link.Assigned.FindLast(l => l.Task == task) ?? throw new InvalidOperationException($"{id} was not given {task}.");

    public AttachAgent HelloCommand(int slots = 1, Dictionary<string, double>? can = null, string? swarm = null, params IReadOnlyList<LeaseRef> holding)
    {
        var hello = new AgentHello { Secret = Secret, Slots = slots, Capabilities = can, Swarm = swarm, Holding = holding };
        return new AttachAgent(hello, id, new FakeLink()) { By = TestHive.User };
    }

    public WelcomeAgent Hello(int slots = 1, Dictionary<string, double>? can = null, string? swarm = null, params IReadOnlyList<LeaseRef> holding)
    {
        var command = HelloCommand(slots, can, swarm, holding);
        Link = (FakeLink)command.Link;
        return hive.Ok<WelcomeAgent>(command);
    }

    public void Vanish() => hive.Do(new DetachAgent(id, Link) { By = Principal });

    public Decision<AgentView> Credit(int slots) => hive.Do(new SetCredit(id, slots) { By = Principal });

    public TaskAck Start(LeaseRef? lease = null) => hive.Ok<TaskAck>(new StartTask(lease ?? Lease) { By = Principal });

    public TaskAck Progress(double progress, LeaseRef? lease = null) => hive.Ok<TaskAck>(new ReportProgress(lease ?? Lease, progress, null) { By = Principal });

    public TaskAck Use(Usage usage, LeaseRef? lease = null) => hive.Ok<TaskAck>(new ReportUsage(lease ?? Lease, usage) { By = Principal });

    public TaskAck Log(params string[] lines) => hive.Ok<TaskAck>(new LogLines(Lease, lines) { By = Principal });

    public CompleteTask CompleteCommand(LeaseRef lease, string result = "42", Usage? usage = null) => new(lease, RawJson.Parse(result), usage) { By = Principal };

    public TaskAck Complete(LeaseRef? lease = null, string result = "42", Usage? usage = null) => hive.Ok<TaskAck>(CompleteCommand(lease ?? Lease, result, usage));

    public FailTask FailCommand(LeaseRef lease, bool retryable = true, TimeSpan? after = null) => new(lease, new("BOOM", "It broke."), retryable, after, null) { By = Principal };

    public TaskAck Fail(LeaseRef? lease = null, bool retryable = true, TimeSpan? after = null) => hive.Ok<TaskAck>(FailCommand(lease ?? Lease, retryable, after));

    public TaskAck Refuse(LeaseRef? lease = null, string? reason = null) => hive.Ok<TaskAck>(new RefuseTask(lease ?? Lease, reason) { By = Principal });

    public TaskAck Release(LeaseRef? lease = null) => hive.Ok<TaskAck>(new ReleaseTask(lease ?? Lease) { By = Principal });

    public TaskAck ConfirmCancelled(LeaseRef? lease = null) => hive.Ok<TaskAck>(new ConfirmCancelled(lease ?? Lease) { By = Principal });

    public Renewed Renew(params LeaseRef[] leases) => hive.Ok<Renewed>(new RenewLeases(leases) { By = Principal });

    public Error Refused(Func<LeaseRef, Command> command, LeaseRef? lease = null) => hive.Refused(command(lease ?? Lease) with { By = Principal });
}
