using Waggle.Core.Kernel;
using Waggle.Core.Schedules;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Hives;

internal static partial class SampleValues
{
    private static ScheduleSpec Nightly => new()
    {
        Cron = "0 3 * * *",
        TimeZone = "Europe/Berlin",
        EveryMs = 60_000,
        RunAt = At,
        Task = Spec,
        Overlap = OverlapPolicy.Queue,
        CatchUpMs = 120_000,
        JitterMs = 5_000,
    };

    public static ScheduleEntity Schedule => new()
    {
        Id = "nightly",
        Seq = 7,
        Spec = Nightly,
        State = ScheduleState.Ended,
        Anchor = At,
        NextDueAt = At,
        NextRunAt = At.AddSeconds(2),
        LastRunAt = At,
        LastTask = Task,
        Running = [Task],
        Queue = [At],
        Runs = 3,
        Skipped = 2,
        TooLate = 1,
        LastProblem = "an earlier run was open",
        CreatedAt = At,
        SetBy = "ann",
        SetAt = At,
        EndedAt = At,
    };

    private static IEnumerable<RecordData> OfSchedules =>
    [
        new ScheduleChanged { Schedule = "nightly", Swarm = "default", Spec = Nightly, Created = true, SetBy = "ann", NextDueAt = At, NextRunAt = At.AddSeconds(2) },
        new ScheduleStateChanged
        {
            Schedule = "nightly", Swarm = "default", State = ScheduleState.Paused, ChangedBy = "ann", Problem = "no zone", NextDueAt = At, NextRunAt = At.AddSeconds(2),
        },
        new ScheduleRan
        {
            Schedule = "nightly", Swarm = "default", DueAt = At, Trigger = RunTrigger.Queue, Task = Task, NextDueAt = At, NextRunAt = At.AddSeconds(2),
        },
        new ScheduleQueued { Schedule = "nightly", Swarm = "default", DueAt = At, Queued = 2, NextDueAt = At, NextRunAt = At.AddSeconds(2) },
        new ScheduleSkipped
        {
            Schedule = "nightly", Swarm = "default", DueAt = At, Count = 3, Reason = SkipReason.QueueFull, Problem = "SWARM_STOPPED: It is stopped.", WasQueued = true,
            NextDueAt = At, NextRunAt = At.AddSeconds(2),
        },
        new ScheduleRemoved { Schedule = "nightly", Swarm = "default", RemovedBy = "ann", NextDueAt = At, NextRunAt = At.AddSeconds(2) },
    ];
}
