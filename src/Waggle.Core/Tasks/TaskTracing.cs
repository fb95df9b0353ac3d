using System.Diagnostics;
using Waggle.Core.Kernel;

namespace Waggle.Core.Tasks;

/// <summary>
/// Writes a span for each durable step of a task whose creator traces: the task's metadata carries a W3C <c>traceparent</c>, and the spans join that trace.
/// Without a listener or such a task, this costs one check and allocates nothing.
/// </summary>
public static class TaskTracing
{
    /// <summary>The name of the activity source.</summary>
    public const string SourceName = "Waggle.Core";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>
    /// Writes the spans of a turn after its commit, because a span ends when its record is durable. The span of an assignment begins when the task came into
    /// the queue, every other span with the turn.
    /// </summary>
    internal static void Trace(in TurnReport turn, ITaskView tasks)
    {
        if (!Source.HasListeners()) return;
        var began = turn.Now;
        foreach (var (data, _) in turn.Batch)
        {
            if (data is not TaskRecord record || tasks.Task(record.Task) is not { Spec.Metadata: { } metadata } task) continue;
            if (!metadata.TryGetValue("traceparent", out var parent)) continue;
            if (!ActivityContext.TryParse(parent, metadata.GetValueOrDefault("tracestate"), isRemote: true, out var context)) continue;
            var from = record is TaskAssigned && task.QueuedAt is { } queued && queued < began ? queued : began;
            using var span = Source.StartActivity($"waggle.{record.Kind}", ActivityKind.Internal, context, startTime: from);
            if (span is null) continue;
            span.SetTag("waggle.task.id", task.Id).SetTag("waggle.swarm", task.Swarm).SetTag("waggle.task.state", TaskColumns.Name(record.State));
            if (task.Lease is { } lease && record is not TaskCreated) span.SetTag("waggle.agent", lease.Agent).SetTag("waggle.task.attempt", lease.Attempt);
            if (record is TaskFailed) span.SetStatus(ActivityStatusCode.Error, task.Error?.Code);
            span.SetEndTime((began + turn.Elapsed).UtcDateTime);
        }
    }
}
