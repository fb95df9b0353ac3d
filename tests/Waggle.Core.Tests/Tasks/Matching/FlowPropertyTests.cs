using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Tasks.Matching;

/// <summary>
/// Tasks with keys at random, workers that come, fail and vanish, commits that fail and hubs that restart. <see cref="StateRules"/> checks after every turn that
/// no limit is exceeded; at the end every task ends, so no key was forgotten.
/// </summary>
public class FlowPropertyTests
{
    [Fact]
    public void No_limit_is_exceeded_and_no_task_waits_for_ever() => Steps.Check(60, least: 1, most: 60, seeds =>
    {
        var gen = new Gen(seeds[0]);
        var hive = new TestHive(dice: new Random(seeds[0]));
        var workers = Enumerable.Range(1, 4).Select(i => hive.Worker($"a{i}", slots: 2)).ToArray();
        foreach (var seed in seeds)
        {
            gen.Reseed(seed);
            Step(gen, hive, workers);
        }

        Drain(hive, workers);
        Assert.Empty(hive.State.Tasks);
        Assert.Equal(0, hive.State.Pending.Limited);
    });

    private static void Step(Gen gen, TestHive hive, TestWorker[] workers)
    {
        var worker = gen.Pick(workers);
        switch (gen.Int(0, 99))
        {
            case < 3: hive.Restart(); break;
            case < 6:
                hive.Store.FailNextCommit(null);

                // A task without keys is always stored, so that the failure is this commit's and not a later one's.
                hive.Turn(new CreateTasks([new TaskSpec { Title = "task" }]) { By = TestHive.User });
                break;
            case < 12: hive.Advance(TimeSpan.FromMilliseconds(gen.Int(1, 40_000))); break;
            case < 16: worker.Vanish(); break;
            case < 24: worker.Hello(slots: gen.Int(1, 3)); break;
            case < 55: hive.Turn(gen.List(1, 3, () => new CreateTasks(gen.List(1, 5, () => Spec(gen))) { By = TestHive.User })); break;
            case < 60 when hive.State.Tasks.Count > 0:
                hive.Turn(new CancelTask(gen.Pick(hive.State.Tasks.ToArray()).Id, null, gen.Bool()) { By = TestHive.User });
                break;
            default:
                if (hive.State.Presence(worker.Id) is { Holding.Count: > 0 } presence) hive.Turn(Report(gen, hive, worker, gen.Pick(presence.Holding.ToArray())));
                break;
        }
    }

    private static Command Report(Gen gen, TestHive hive, TestWorker worker, string task)
    {
        var lease = hive.Task(task).Lease!;
        var held = new Protocol.Messages.LeaseRef(task, lease.Attempt, lease.Token);
        return gen.Bool(0.7) ? worker.CompleteCommand(held) : worker.FailCommand(held, after: TimeSpan.FromMilliseconds(gen.Int(0, 2_000)));
    }

    // Every worker is there and completes what it gets.
    private static void Drain(TestHive hive, TestWorker[] workers)
    {
        for (var round = 0; hive.State.Tasks.Count > 0; round++)
        {
            Rule.Holds(round < 1_000, $"{hive.State.Tasks.Count} tasks are open, such as {hive.State.Tasks.First()}.");
            foreach (var worker in workers)
            {
                if (hive.State.Presence(worker.Id) is not { Link: not null, Online: true }) worker.Hello(slots: 2);
                worker.Renew();
                foreach (var id in hive.State.Presence(worker.Id)!.Holding.ToArray())
                {
                    var lease = hive.Task(id).Lease!;
                    hive.Turn(worker.CompleteCommand(new(id, lease.Attempt, lease.Token)));
                }
            }

            hive.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private static TaskSpec Spec(Gen gen) => gen.Int(0, 9) switch
    {
        0 => Plain(gen) with { Singleton = new("one" + gen.Int(1, 3), SingletonConflict.ReturnExisting) },
        1 => Plain(gen) with { Debounce = new("last" + gen.Int(1, 2), gen.Int(100, 5_000)) },
        _ => Plain(gen),
    };

    private static TaskSpec Plain(Gen gen) => new()
    {
        Title = "task",
        Priority = gen.Bool(0.2) ? gen.Int(1, 5) : null,
        LeaseMs = gen.Bool(0.2) ? gen.Int(1_000, 20_000) : null,
        Concurrency = gen.Maybe(() => new ConcurrencySpec("key" + gen.Int(1, 3), gen.Int(1, 3)), 0.7),
        Fairness = gen.Maybe(() => new FairnessSpec("user" + gen.Int(1, 4), gen.Bool() ? gen.Int(1, 4) : null), 0.5),
        Rate = gen.Maybe(() => new RateSpec("api" + gen.Int(1, 2), gen.Int(1, 3), gen.Pick(1_000, 30_000)), 0.2),
    };
}
