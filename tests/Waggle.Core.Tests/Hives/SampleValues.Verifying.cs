using Waggle.Core.Kernel;
using Waggle.Core.Tasks.Verifying;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Hives;

internal static partial class SampleValues
{
    private static ReviewVerdict Verdict => new("t1-8", "a2", true, "fine");

    private static Claim Claim => new()
    {
        Lease = new() { Agent = "a1", Attempt = 2, Token = 41, AssignedAt = At },
        Ended = new() { Agent = "a1", Attempt = 2, Token = 41, Outcome = AttemptOutcomes.Claimed },
        DurationMs = 1234,
        At = At,
        Deadline = At,
        SchemaPending = true,
        Reviews = ["t1-8"],
        Verdicts = [Verdict],
    };

    private static IEnumerable<RecordData> OfVerifying =>
    [
        new TaskVerifying
        {
            Task = Task, Title = Title, Priority = 2, OldState = TaskState.Running, State = TaskState.Verifying, Swarm = "default", Ended = End,
            Result = RawJson.Parse("42"), ResultRef = Ref, DurationMs = 1234, Deadline = At, Schema = true,
        },
        new TaskReviewing { Task = Task, Title = Title, Priority = 2, OldState = TaskState.Verifying, State = TaskState.Verifying, Swarm = "default", Reviews = ["t1-8"] },
        new TaskReviewed { Task = Task, Title = Title, Priority = 2, OldState = TaskState.Verifying, State = TaskState.Verifying, Swarm = "default", Verdict = Verdict },
    ];
}
