using System.Collections.Concurrent;
using System.Globalization;
using Waggle.Core.Agents;
using Waggle.Core.Hives;
using Waggle.Core.Insight;
using Waggle.Core.Ports;
using Waggle.Core.Presence;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Hives;

/// <summary>
/// Whatever is commanded, in whatever order, with clocks that run, commits that fail and hubs that restart: the rules hold after every turn
/// (<see cref="RecordRules"/>, <see cref="StateRules"/>), and memory, store and log tell the same story (<see cref="Durability"/>).
/// <c>WAGGLE_PROPERTY_RUNS</c> multiplies the number of sequences, <c>WAGGLE_PROPERTY_SEED</c> runs one alone.
/// </summary>
public class HivePropertyTests
{
    private const int Sequences = 1000;
    private const int Turns = 50;

    /// <summary>What the sequences must lead to at least now and then; otherwise the generator has lost its bite.</summary>
    private static readonly string[] Reached =
    [
        "task_requeued lost", "task_requeued refused", "task_requeued released", "task_requeued agent_removed", "task_requeued not_held", "task_requeued not_started", "task_requeued retry_due",
        "task_retry_scheduled failed", "task_retry_scheduled timeout", "task_retry_scheduled refused",
        "task_failed failed", "task_failed lost", "task_failed timeout", "task_completed", "task_completed late", "task_completed cancel_requested",
        "task_cancelled cancelled", "task_cancelled dependency_failed", "task_expired schedule_to_start", "task_expired schedule_to_close",
        "task_orphan_result", "task_unblocked", "task_priority_changed", "task_cancel_requested", "tasks_unschedulable",
        "agent_registered", "agent_draining", "agent_removed", "agent_status Offline", "swarm_created",
        "user_presence Online", "user_presence Offline", "conversation_opened", "message_posted", "notification_sent", "notifications_seen",
        "swarm_state Active", "swarm_state Paused", "swarm_state Stopped",
        "alert_fired", "alert_acknowledged", "alert_resolved", "system_metrics",
        "module_status_changed Healthy", "module_status_changed Degraded", "module_status_changed Unhealthy",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(1_000_001)]
    public void The_rules_hold_for_any_sequence_of_commands(int firstSeed)
    {
        if (Setting("WAGGLE_PROPERTY_SEED") is { } only)
        {
            RunShrinking(only);
            return;
        }

        var runs = Sequences * (Setting("WAGGLE_PROPERTY_RUNS") ?? 1);
        var reached = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        Parallel.For(firstSeed, firstSeed + runs, seed =>
        {
            foreach (var record in RunShrinking(seed)) reached.AddOrUpdate(Name(record), 1, (_, n) => n + 1);
        });
        Assert.Equal([], Reached.Except(reached.Keys));
    }

    private static string Name(RecordData record) => record switch
    {
        TaskRequeued r => $"{r.Kind} {r.Reason}",
        TaskRetryScheduled r => $"{r.Kind} {r.Ended.Outcome}",
        TaskFailed r => $"{r.Kind} {r.Ended.Outcome}",
        TaskCompleted { CancelRequested: true } r => $"{r.Kind} cancel_requested",
        TaskCompleted { OldState: TaskState.Pending } r => $"{r.Kind} late",
        TaskCancelled { Error: not null } r => $"{r.Kind} {r.Reason}",
        TaskCancelled { Ended: { } ended } r => $"{r.Kind} {ended.Outcome}",
        TaskExpired r => $"{r.Kind} {r.Timeout}",
        AgentStatusChanged r => $"{r.Kind} {r.Status}",
        UserPresenceChanged r => $"{r.Kind} {r.Status}",
        SwarmStateChanged r => $"{r.Kind} {r.State}",
        ModuleStatusChanged r => $"{r.Kind} {r.NewStatus}",
        _ => record.Kind,
    };

    // A failing sequence is cut short: the same dice, fewer turns.
    private static List<RecordData> RunShrinking(int seed)
    {
        try
        {
            return Run(seed, Turns);
        }
        catch (Exception first)
        {
            var failure = first;
            var turns = Turns;
            for (var fewer = 1; fewer < Turns; fewer++)
            {
                try
                {
                    Run(seed, fewer);
                }
                catch (Exception e)
                {
                    (failure, turns) = (e, fewer);
                    break;
                }
            }

            Assert.Fail($"WAGGLE_PROPERTY_SEED={seed} fails after {turns} turns: {failure}");
            throw;
        }
    }

    private static List<RecordData> Run(int seed, int turns)
    {
        var gen = new Gen(seed);
        var hive = new TestHive(new HiveOptions { AgentRetention = TimeSpan.FromMinutes(5) }, new Random(seed));
        var commands = new CommandGen(gen, hive);
        for (var turn = 0; turn < turns; turn++)
        {
            Step(gen, hive, commands);
            commands.Learn();
            if (turn == turns / 2) Durability.Check(hive);
        }

        Durability.Check(hive);
        return [.. hive.All];
    }

    private static void Step(Gen gen, TestHive hive, CommandGen commands)
    {
        switch (gen.Int(0, 99))
        {
            case < 4:
                hive.Store.FailNextCommit(gen.Bool() ? new StoreFullException("full") : null);
                hive.Turn(commands.Next(), commands.Next());
                break;
            case < 6:
                hive.Restart();
                break;
            case < 24:
                hive.Late(TimeSpan.FromMilliseconds(gen.Int(1, 4) switch { 1 => 1, 2 => gen.Int(1, 2_000), 3 => gen.Int(1, 40_000), _ => gen.Int(1, 400_000) }), gen.List(0, 2, commands.Next));
                break;
            case < 28:
                hive.Advance(TimeSpan.FromMilliseconds(gen.Int(1, 60_000)));
                break;
            default:
                hive.Turn(gen.List(1, 4, commands.Next));
                break;
        }
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
