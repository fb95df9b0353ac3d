using System.Diagnostics.Metrics;
using Waggle.Core.Kernel;
using Waggle.Core.Kernel.Metrics;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>The figures of workflow runs. The owner's loop writes them; any thread may read them.</summary>
internal sealed class WorkflowMetrics
{
    private static readonly WorkflowRunState[] RunEnds = [WorkflowRunState.Completed, WorkflowRunState.Failed, WorkflowRunState.Cancelled];

    private static readonly WorkflowStepState[] StepEnds =
        [WorkflowStepState.Completed, WorkflowStepState.Failed, WorkflowStepState.Skipped, WorkflowStepState.Cancelled];

    private readonly long[] _runs = new long[Enum.GetValues<WorkflowRunState>().Length];
    private readonly long[] _steps = new long[Enum.GetValues<WorkflowStepState>().Length];
    private long _open;
    private long _waiting;
    private long _created;
    private long _retried;

    private WorkflowMetrics(Meter? meter)
    {
        if (meter is null) return;
        meter.CreateObservableGauge("waggle.workflow.runs.open", () => Volatile.Read(ref _open), "{run}", "Workflow runs that have not ended.");
        meter.CreateObservableGauge(
            "waggle.workflow.evaluations.waiting", () => Volatile.Read(ref _waiting), "{step}", "Steps whose conditions or lists the hub has to read.");
        meter.CreateObservableCounter("waggle.workflow.runs.created", () => Volatile.Read(ref _created), "{run}", "Workflow runs that were created.");
        meter.CreateObservableCounter("waggle.workflow.runs.retried", () => Volatile.Read(ref _retried), "{run}", "Retries of workflow runs.");
        meter.CreateObservableCounter("waggle.workflow.runs.ended", ReadRuns, "{run}", "Workflow runs that ended, by the state in which they ended.");
        meter.CreateObservableCounter("waggle.workflow.steps.ended", ReadSteps, "{step}", "Steps that ended, by the state in which they ended.");
    }

    public static WorkflowMetrics Of(HiveMetrics hive) => hive.Of(static metrics => new WorkflowMetrics(metrics.Instruments));

    public void Report(in TurnReport turn, int open, int waiting)
    {
        Volatile.Write(ref _open, open);
        Volatile.Write(ref _waiting, waiting);
        foreach (var (data, _) in turn.Batch)
        {
            switch (data)
            {
                case WorkflowCreated: Volatile.Write(ref _created, _created + 1); break;
                case WorkflowRetried: Volatile.Write(ref _retried, _retried + 1); break;
                case WorkflowEnded ended: Volatile.Write(ref _runs[(int)ended.State], _runs[(int)ended.State] + 1); break;
                case WorkflowStepEnded { Compensation: false } ended: Volatile.Write(ref _steps[(int)ended.State], _steps[(int)ended.State] + 1); break;
            }
        }
    }

    private Measurement<long>[] ReadRuns() => [.. RunEnds.Select(state => Of(Volatile.Read(ref _runs[(int)state]), SnakeCase.Of(state)))];

    private Measurement<long>[] ReadSteps() => [.. StepEnds.Select(state => Of(Volatile.Read(ref _steps[(int)state]), SnakeCase.Of(state)))];

    private static Measurement<long> Of(long count, string state) => new(count, new KeyValuePair<string, object?>("state", state));
}
