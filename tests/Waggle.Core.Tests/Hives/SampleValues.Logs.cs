using Waggle.Core.Logs;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Hives;

internal static partial class SampleValues
{
    public static LogChunkEntity LogChunk => new()
    {
        Seq = 12,
        Task = Task,
        No = 3,
        Attempt = 2,
        Agent = "a1",
        At = At,
        Level = AgentLogLevel.Warn,
        Lines = ["one", "two"],
    };

    public static TaskLogEntity TaskLog => new()
    {
        Task = Task,
        Seq = 7,
        NextChunk = 4,
        Ranges = [new(2, 2, "a1", 2, 3, 4, 300)],
        Dropped = [new(1, "a2", 5, 400)],
        EndedAt = At,
    };

    public static LogSegmentEntity LogSegment => new() { No = 2, Since = At, Until = At.AddSeconds(1), First = 9, Next = 13, Lines = 4, Bytes = 300 };
}
