using Waggle.Core.Bulk;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Hives;

internal static partial class SampleValues
{
    private static readonly BulkSpec BulkSpec = new()
    {
        Action = BulkAction.Cancel,
        Filter = new TaskQuery { Swarm = "default", States = [TaskState.Pending, TaskState.Running], Parent = "t1-3", Agent = "a1", Type = "build", Text = "login", Error = "3f9c0a17d2b48e65" },
        Priority = 2,
        Reason = "no need",
        Force = true,
        IdempotencyKey = "key-1",
    };

    private static readonly BulkAuthor BulkAuthor = new("ann", "user", "a1", ["default"]);

    private static readonly BulkCounts BulkCounts = new(250, 3, 2, 5, [new BulkFailure("INVALID_STATE", "It has ended.", Task, 5)]);

    public static BulkEntity Bulk => new()
    {
        Id = "b1",
        Seq = 7,
        Spec = BulkSpec,
        Author = BulkAuthor,
        State = BulkState.Stopped,
        Counts = BulkCounts,
        Matched = 1000,
        Cursor = 6,
        StartedAt = At,
        EndedAt = At,
        StoppedBy = "ann",
    };

    private static IEnumerable<RecordData> OfBulks =>
    [
        new BulkStarted { Bulk = "b1", Swarm = "default", Spec = BulkSpec, Author = BulkAuthor, Matched = 1000 },
        new BulkProgressed { Bulk = "b1", Swarm = "default", Counts = BulkCounts, Batch = BulkCounts, Cursor = 6, Matched = 1000 },
        new BulkEnded { Bulk = "b1", Swarm = "default", State = BulkState.Stopped, Counts = BulkCounts, Matched = 1000, StoppedBy = "ann" },
    ];
}
