using System.Diagnostics;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>
/// Carries the W3C trace context in a task's metadata: the creation is a producer span, the work a consumer span of the same trace. Without a listener and an
/// activity under way it allocates nothing.
/// </summary>
internal static class Tracing
{
    private const string Parent = "traceparent";
    private const string State = "tracestate";

    // The hub accepts at most 50 entries.
    private const int MaxEntries = 50;

    private static readonly ActivitySource Source = new(WaggleClient.ActivitySourceName);

    public static Activity? Create(int tasks)
    {
        var span = Source.StartActivity("waggle.task.create", ActivityKind.Producer);
        span?.SetTag("messaging.system", "waggle").SetTag("messaging.operation.type", "send").SetTag("messaging.batch.message_count", tasks);
        return span;
    }

    /// <summary>Returns the spec with the context of the activity under way, unless the spec has a context of its own.</summary>
    public static TaskSpec Carry(TaskSpec spec)
    {
        if (Activity.Current is not { IdFormat: ActivityIdFormat.W3C, Id: { } id } current) return spec;
        if (spec.Metadata is { } given && (given.ContainsKey(Parent) || given.Count + 2 > MaxEntries)) return spec;
        var metadata = new Dictionary<string, string>(spec.Metadata ?? new Dictionary<string, string>(), StringComparer.Ordinal) { [Parent] = id };
        if (current.TraceStateString is { Length: > 0 } state) metadata[State] = state;
        return spec with { Metadata = metadata };
    }

    public static Activity? Run(TaskWork work, string? agent)
    {
        if (!Source.HasListeners()) return null;
        ActivityContext context = default;
        if (work.Spec.Metadata is { } metadata && metadata.TryGetValue(Parent, out var parent))
            _ = ActivityContext.TryParse(parent, metadata.GetValueOrDefault(State), isRemote: true, out context);
        var span = Source.StartActivity("waggle.task.run", ActivityKind.Consumer, context);
        return span?.SetTag("messaging.system", "waggle").SetTag("messaging.operation.type", "process")
            .SetTag("waggle.task.id", work.Id).SetTag("waggle.task.type", work.Spec.Type).SetTag("waggle.task.attempt", work.Attempt)
            .SetTag("waggle.swarm", work.Swarm).SetTag("waggle.agent", agent);
    }

    public static void Failed(this Activity span, Exception e)
    {
        span.SetStatus(ActivityStatusCode.Error, e.Message);
        span.SetTag("error.type", e is TaskFailedException failed ? failed.Code : e.GetType().Name);
    }
}
