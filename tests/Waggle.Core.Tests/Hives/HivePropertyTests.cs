using System.Collections.Concurrent;
using Waggle.Core.Agents;
using Waggle.Core.Budgets;
using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Presence;
using Waggle.Core.Questions;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Hives;

/// <summary>
/// For any commands in any order, with clocks that run, commits that fail and hubs that restart, the rules hold after every turn (<see cref="RecordRules"/>,
/// <see cref="StateRules"/>), and memory, store and log agree (<see cref="Durability"/>).
/// </summary>
public class HivePropertyTests
{
    private const int Sequences = 2000;

    /// <summary>The kinds of records that the sequences must produce now and then; otherwise the generator no longer tests them.</summary>
    private static readonly string[] Reached =
    [
        "task_requeued lost", "task_requeued refused", "task_requeued released", "task_requeued agent_removed", "task_requeued not_held", "task_requeued not_started", "task_requeued retry_due",
        "task_retry_scheduled failed", "task_retry_scheduled timeout", "task_retry_scheduled refused",
        "task_failed failed", "task_failed lost", "task_failed timeout", "task_completed", "task_completed late", "task_completed cancel_requested",
        "task_cancelled cancelled", "task_cancelled dependency_failed", "task_cancelled debounced", "task_expired schedule_to_start", "task_expired schedule_to_close",
        "task_orphan_result", "task_unblocked", "task_priority_changed", "task_cancel_requested", "tasks_unschedulable",
        "task_input_required held", "task_input_required asked", "task_input_required lost", "task_answered Running", "task_answered Pending", "task_checkpoint", "question_asked",
        "task_usage", "task_stop_requested", "task_requeued stopped", "budget_set", "budget_state Warned", "budget_state Spent", "budget_state Open", "budget_removed",
        "task_verifying", "task_reviewing", "task_reviewed", "task_completed verified", "task_failed incomplete",
        "question_closed Answered", "question_closed Defaulted", "question_closed Expired", "question_closed Cancelled",
        "proficiency_changed", "agent_registered", "agent_draining", "agent_removed", "agent_status Offline", "swarm_created",
        "user_presence Online", "user_presence Offline", "conversation_opened", "message_posted", "notification_sent", "notifications_seen",
        "swarm_state Active", "swarm_state Paused", "swarm_state Stopped",
        "alert_fired", "alert_acknowledged", "alert_resolved", "system_metrics",
        "module_status_changed Healthy", "module_status_changed Degraded", "module_status_changed Unhealthy",
    ];

    [Fact]
    public void The_rules_hold_for_any_sequence_of_commands()
    {
        var reached = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        Steps.Check(Sequences, least: 1, most: 100, seeds =>
        {
            foreach (var record in Run(seeds)) reached.AddOrUpdate(Name(record), 1, (_, n) => n + 1);
        });
        Assert.Equal([], Reached.Except(reached.Keys));
    }

    private static string Name(RecordData record) => record switch
    {
        TaskRequeued r => $"{r.Kind} {r.Reason}",
        TaskRetryScheduled r => $"{r.Kind} {r.Ended.Outcome}",
        TaskFailed { Error.Code: "VERIFICATION_INCOMPLETE" } r => $"{r.Kind} incomplete",
        TaskFailed r => $"{r.Kind} {r.Ended.Outcome}",
        TaskCompleted { CancelRequested: true } r => $"{r.Kind} cancel_requested",
        TaskCompleted { OldState: TaskState.Verifying } r => $"{r.Kind} verified",
        TaskCompleted { OldState: TaskState.Pending } r => $"{r.Kind} late",
        TaskCancelled { Error: not null } r => $"{r.Kind} {r.Reason}",
        TaskCancelled { Ended: { } ended } r => $"{r.Kind} {ended.Outcome}",
        TaskInputRequired r => $"{r.Kind} {r.Ended?.Outcome ?? "held"}",
        TaskAnswered r => $"{r.Kind} {r.State}",
        QuestionClosed r => $"{r.Kind} {r.State}",
        TaskExpired r => $"{r.Kind} {r.Timeout}",
        AgentStatusChanged r => $"{r.Kind} {r.Status}",
        UserPresenceChanged r => $"{r.Kind} {r.Status}",
        BudgetStateChanged r => $"{r.Kind} {r.State}",
        SwarmStateChanged r => $"{r.Kind} {r.State}",
        ModuleStatusChanged r => $"{r.Kind} {r.NewStatus}",
        _ => record.Kind,
    };

    private static List<RecordData> Run(int[] seeds)
    {
        var gen = new Gen(seeds[0]);
        var hive = new TestHive(new HiveOptions { AgentRetention = TimeSpan.FromMinutes(5) }, new Random(seeds[0]));
        var commands = new CommandGen(gen, hive);
        for (var turn = 0; turn < seeds.Length; turn++)
        {
            gen.Reseed(seeds[turn]);
            Step(gen, hive, commands);
            commands.Learn();
            if (turn == seeds.Length / 2) Durability.Check(hive);
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
}
