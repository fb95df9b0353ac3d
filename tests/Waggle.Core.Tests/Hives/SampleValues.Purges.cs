using Waggle.Core.Kernel;
using Waggle.Core.Purges;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Hives;

internal static partial class SampleValues
{
    private static PurgeSpec PurgeSpec => new() { Task = Task, Subject = "ann" };

    private static PurgeProgress PurgeProgress => new(PurgeStep.Log, "7", new(3, 1, 2, 4), 1, 12, 40, 90) { OpenTasks = ["t1-8"] };

    public static PurgeEntity Purge => new()
    {
        Id = "pu1",
        Seq = 7,
        Spec = PurgeSpec,
        Author = "root",
        Progress = PurgeProgress,
        StartedAt = At,
        EndedAt = At,
    };

    private static IEnumerable<RecordData> OfPurges =>
    [
        new TaskPurged { Task = Task, Swarm = "default", State = TaskState.Completed, PurgedBy = "root", Purge = "pu1" },
        new PurgeStarted { Purge = "pu1", Spec = PurgeSpec, StartedBy = "root" },
        new PurgeProgressed { Purge = "pu1", Progress = PurgeProgress },
        new PurgeEnded { Purge = "pu1", Progress = PurgeProgress },
    ];
}
