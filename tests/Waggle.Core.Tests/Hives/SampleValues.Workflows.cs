using Waggle.Core.Kernel;
using Waggle.Core.Workflows;
using Waggle.Core.Workflows.Values;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Hives;

internal static partial class SampleValues
{
    private static WorkflowError StepError => new("BOOM", "It broke.", "fetch");

    public static WorkflowEntity Workflow => new()
    {
        Id = "report",
        Seq = 9,
        Version = 2,
        Swarm = "default",
        Description = "A report.",
        Steps = 2,
        DefinedAt = At,
        DefinedBy = "ann",
        Versions = [new(1), new(2, ["part/1"])],
    };

    public static DefinitionEntity Definition => new()
    {
        Seq = 10,
        Workflow = "report",
        Version = 2,
        DefinedAt = At,
        DefinedBy = "ann",
        Depth = 1,
        AssignTo = [null, "mona"],
        Definition = RawJson.Parse("""{"id":"report","steps":[{"id":"fetch","task":{"title":"Fetch"}}]}"""),
    };

    public static RunEntity Run => new()
    {
        Id = "w1-7",
        Seq = 11,
        Workflow = "report",
        Version = 2,
        Swarm = "default",
        State = WorkflowRunState.Failed,
        Key = "ann",
        CreatedAt = At,
        CreatedBy = "ann",
        StartedAt = At,
        EndedAt = At,
        Deadline = At,
        Steps = 3,
        EndedSteps = 2,
        FailedSteps = 1,
        SkippedSteps = 1,
        DoneWeight = 1.5,
        Weight = 3,
        Error = StepError,
        CancelReason = "no need",
        CancelledBy = "ann",
        Compensate = true,
        Compensated = true,
        Retries = 1,
        ParentRun = "w1-6",
        ParentStep = "call",
        ParentItem = 4,
        Damage = "The stored step 'w1-7/fetch' is damaged.",
        Budget = RunLimit,
        Usage = Totals,
        InputHash = "0123456789abcdef0123456789abcdef",
        Output = Output,
    };

    public static RunInputEntity RunInput => new() { Run = "w1-7", Seq = 11, Input = Output, Deadline = At };

    public static StepEntity Step => new()
    {
        Seq = 12,
        Run = "w1-7",
        Step = "fetch",
        Item = 4,
        Compensation = true,
        State = WorkflowStepState.Completed,
        Task = "t1-7",
        Child = "w1-8",
        StartedAt = At,
        EndedAt = At,
        DueAt = At,
        EndedSeq = 14,
        Items = 3,
        EndedItems = 2,
        CompletedItems = 1,
        Signalled = true,
        Output = Output,
        Error = StepError,
        Deadline = At,
    };

    private static IReadOnlyList<InputRef> Refs =>
    [
        new() { At = "/a", Task = "t1-3", Path = "/b", ResultRef = Ref },
        new() { At = "/c", Run = "w1-7" },
        new() { At = "/d", Items = "w1-7/each", Path = "/0" },
    ];

    private static Bound Output => new() { Value = RawJson.Parse("""{"a":null,"n":1}"""), Refs = [new() { At = "/a", Task = "t1-3", Path = "/b" }] };

    private static IEnumerable<RecordData> OfWorkflows =>
    [
        new WorkflowDefined { Workflow = "report", Version = 2, Swarm = "default", Description = "A report.", Steps = 2, DefinedBy = "ann" },
        new WorkflowDeleted { Workflow = "report", Version = 1, Swarm = "default", DeletedBy = "ann" },
        new WorkflowCreated
        {
            Run = "w1-7", Workflow = "report", Swarm = "default", Version = 2, State = WorkflowRunState.Queued, Key = "ann", CreatedBy = "ann", Deadline = At, Steps = 3,
            Weight = 3, InputHash = "0123456789abcdef0123456789abcdef", ParentRun = "w1-6", ParentStep = "call", ParentItem = 4,
            Budget = RunLimit,
        },
        new WorkflowStarted { Run = "w1-7", Workflow = "report", Swarm = "default" },
        new WorkflowStepReady { Run = "w1-7", Workflow = "report", Swarm = "default", Step = "fetch" },
        new WorkflowStepStarted
        {
            Run = "w1-7", Workflow = "report", Swarm = "default", Step = "fetch", Task = "t1-7", Child = "w1-8", DueAt = At, Items = 3, Compensation = true,
        },
        new WorkflowStepEnded
        {
            Run = "w1-7", Workflow = "report", Swarm = "default", Step = "fetch", State = WorkflowStepState.Failed, Error = StepError, Output = Output, DurationMs = 1500,
            Compensation = true,
        },
        new WorkflowSignalled
        {
            Run = "w1-7", Workflow = "report", Swarm = "default", Step = "ok", Signal = "approve", Payload = RawJson.Parse("""{"yes":true}"""), SentBy = "ann",
        },
        new WorkflowStopping
        {
            Run = "w1-7", Workflow = "report", Swarm = "default", OldState = WorkflowRunState.Running, State = WorkflowRunState.Stopping, Error = StepError, Compensate = true,
            Reason = "no need", RequestedBy = "ann",
        },
        new WorkflowRetried { Run = "w1-7", Workflow = "report", Swarm = "default", Retries = 1, Deadline = At, RequestedBy = "ann" },
        new WorkflowEnded
        {
            Run = "w1-7", Workflow = "report", Swarm = "default", State = WorkflowRunState.Failed, Error = StepError, Output = Output, Reason = "no need", CancelledBy = "ann",
            DurationMs = 1500, ParentRun = "w1-6",
        },
    ];
}
