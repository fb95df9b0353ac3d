using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Leases;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Tasks.Matching;

/// <summary>
/// Many agents and many sorts of tasks. Every turn of a <see cref="TestHive"/> checks that the indexed matcher and the one without an index make the same
/// decisions for the same reasons; these histories give the matcher many decisions.
/// </summary>
public class MatcherPropertyTests
{
    private static readonly string[] Capabilities = ["code", "review", "test", "paint"];
    private static readonly string[] Types = ["draft", "check"];

    [Fact]
    public void Whatever_happens_the_matcher_decides_as_one_without_an_index() => Steps.Check(40, least: 1, most: 120, seeds =>
    {
        var gen = new Gen(seeds[0]);
        var hive = new TestHive(new HiveOptions { AgentRetention = TimeSpan.FromMinutes(2) }, new Random(seeds[0]));
        hive.Do(new CreateSwarm("Second", "s2") { By = TestHive.User });
        var workers = new Dictionary<string, TestWorker>(StringComparer.Ordinal);
        foreach (var seed in seeds)
        {
            gen.Reseed(seed);
            if (gen.Bool(0.25)) hive.Advance(TimeSpan.FromMilliseconds(gen.Int(1, 12_000)));
            hive.Turn(gen.List(1, 8, () => Next(gen, hive, workers)));
        }
    });

    private static Command Next(Gen gen, TestHive hive, Dictionary<string, TestWorker> workers)
    {
        if (workers.Count < 8 || gen.Bool(0.08)) return Hello(gen, hive, workers);
        var worker = workers.Values.ElementAt(gen.Int(0, workers.Count - 1));
        return gen.Int(0, 99) switch
        {
            < 40 => new CreateTasks(gen.List(1, 4, () => Spec(gen))) { By = TestHive.User },
            < 44 => new SetCredit(worker.Id, gen.Int(0, 3)) { By = worker.Principal },
            < 46 => new DetachAgent(worker.Id, worker.Link) { By = worker.Principal },
            < 48 => gen.Bool() ? new DrainAgent(worker.Id) { By = TestHive.User } : new ResumeAgent(worker.Id) { By = TestHive.User },
            < 49 => new RemoveAgent(worker.Id, null) { By = TestHive.User },
            < 51 => new SetSwarmState("s2", gen.Bool(0.7) ? SwarmState.Active : SwarmState.Paused) { By = TestHive.User },
            < 56 => new RenewLeases([]) { By = worker.Principal },
            _ => Report(gen, hive, worker),
        };
    }

    private static Command Report(Gen gen, TestHive hive, TestWorker worker)
    {
        if (hive.State.Presence(worker.Id) is not { Holding.Count: > 0 } presence) return new RenewLeases([]) { By = worker.Principal };
        var task = hive.Task(presence.Holding.Order(StringComparer.Ordinal).First());
        var lease = new LeaseRef(task.Id, task.Lease!.Attempt, task.Lease.Token);
        return gen.Int(0, 9) switch
        {
            < 4 => worker.CompleteCommand(lease),
            < 8 => worker.FailCommand(lease, after: TimeSpan.FromMilliseconds(gen.Int(0, 2_000))),
            8 => new RefuseTask(lease, null) { By = worker.Principal },
            _ => new ReleaseTask(lease) { By = worker.Principal },
        };
    }

    private static AttachAgent Hello(Gen gen, TestHive hive, Dictionary<string, TestWorker> workers)
    {
        var id = "a" + gen.Int(1, 25);
        if (!workers.TryGetValue(id, out var worker)) workers[id] = worker = new TestWorker(hive, id);
        var can = Capabilities.Where(_ => gen.Bool(0.7)).ToDictionary(c => c, _ => gen.Int(2, 10) / 10.0);
        var command = worker.HelloCommand(gen.Int(0, 3), can, gen.Bool(0.15) ? "s2" : null);
        return command with { Poll = gen.Bool(0.2), Hello = command.Hello with { Types = gen.Maybe(() => gen.List(1, 2, () => gen.Pick(Types)), 0.2) } };
    }

    private static TaskSpec Spec(Gen gen) => new()
    {
        Title = "task",
        Type = gen.Maybe(() => gen.Pick(Types), 0.3),
        Swarm = gen.Bool(0.15) ? "s2" : null,
        Requires = gen.Maybe(() => Required(gen), 0.7),
        AssignTo = gen.Maybe(() => "a" + gen.Int(1, 25), 0.1),
        Priority = gen.Bool(0.3) ? gen.Int(1, 5) : null,
        MaxAttempts = 10,
        PoisonLosses = 10,
        LeaseMs = gen.Bool(0.2) ? gen.Int(100, 5_000) : null,
        Concurrency = gen.Maybe(() => new ConcurrencySpec("key" + gen.Int(1, 4), gen.Int(1, 3)), 0.4),
        Fairness = gen.Maybe(() => new FairnessSpec("user" + gen.Int(1, 4), gen.Bool() ? gen.Int(1, 4) : null), 0.4),
        Rate = gen.Maybe(() => new RateSpec("api" + gen.Int(1, 2), gen.Int(1, 3), gen.Pick(1_000, 30_000)), 0.2),
    };

    // Often the same for all of them: such needs share a group.
    private static Dictionary<string, double> Required(Gen gen)
    {
        var one = gen.Int(1, 10) / 10.0;
        var isSame = gen.Bool(0.6);
        return gen.List(1, 3, () => gen.Pick(Capabilities)).Distinct().ToDictionary(c => c, _ => isSame ? one : gen.Int(1, 10) / 10.0);
    }
}
