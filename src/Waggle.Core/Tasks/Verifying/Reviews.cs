using System.Buffers;
using System.Text.Json;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Verifying;

/// <summary>The tasks by which other agents check a result, and what their ends say about it.</summary>
internal static class Reviews
{
    public const string StandardType = "review";

    // A chain of parents has no circle. The limit bounds the work of a decision.
    private const int MostAncestors = 100;

    /// <summary>Creates the review tasks of a claim. The author and the agents of the task's ancestors do not get them.</summary>
    /// <param name="task">The task with its claim.</param>
    public static IReadOnlyList<RecordData> Create(TaskEntity task, IHiveView view, in DecisionContext context, Principal hub)
    {
        var review = task.Spec.Verify!.Review!;
        var left = (long)Math.Max(1, (task.Claim!.Deadline - context.Now).TotalMilliseconds);
        var spec = new TaskSpec
        {
            Title = PlainText.Clip($"Review: {task.Spec.Title}", Limits.MaxTitleLength),
            Type = review.Type ?? StandardType,
            Requires = review.Requires,
            Swarm = task.Swarm,
            Priority = task.Priority,
            Fairness = task.Spec.Fairness,
            Parent = task.Id,
            Exclude = Excluded(task, view),
            MaxAttempts = 1,
            ScheduleToCloseMs = left,
            Input = Input(task),
        };
        var created = new CreateTasks([.. Enumerable.Repeat(spec, review.Count ?? 1)]) { By = hub, Verifies = task.Id }.Decide(view, context);
        if (created.Error is { } error) return Verdict.GiveUp(task, view, $"No review could be created: {error.Message}", context);
        return
        [
            .. created.Records,
            task.Record(() => new TaskReviewing
            {
                Task = task.Id,
                Title = task.Spec.Title,
                State = TaskState.Verifying,
                Reviews = [.. created.Value!.Tasks.Select(t => t.Id)],
            }),
        ];
    }

    /// <summary>Returns what an ended review says. A task that completes passes the result, unless its own result says otherwise.</summary>
    public static ReviewVerdict Of(TaskEntity review) => review.State switch
    {
        TaskState.Completed => Completed(review),
        TaskState.Failed when review.Error is { Code: not ("POISON" or "TIMEOUT" or "QUESTION_EXPIRED") } error =>
            new(review.Id, review.Lease?.Agent, Passed: false, $"{error.Code}: {error.Message}"),
        _ => new(review.Id, review.Lease?.Agent, Passed: null, review.Error?.Message ?? review.CancelReason),
    };

    /// <summary>Returns the decision of the verdicts so far; null while it is open.</summary>
    public static bool? Decision(Claim claim)
    {
        var half = claim.Reviews!.Count / 2;
        var verdicts = claim.Verdicts ?? [];
        if (verdicts.Count(v => v.Passed == true) > half) return true;
        return verdicts.Count(v => v.Passed == false) > half ? false : null;
    }

    private static ReviewVerdict Completed(TaskEntity review)
    {
        var agent = review.Lease?.Agent;
        var result = review.Result.ToElement();
        if (result.ValueKind == JsonValueKind.False) return new(review.Id, agent, false, null);
        if (result.ValueKind != JsonValueKind.Object || !result.TryGetProperty("passed", out var passed)) return new(review.Id, agent, true, null);
        var reason = result.TryGetProperty("reason", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
        return new(review.Id, agent, passed.ValueKind == JsonValueKind.True, reason is null ? null : PlainText.Clip(reason, 1000));
    }

    private static string[] Excluded(TaskEntity task, IHiveView view)
    {
        var agents = new HashSet<string>(StringComparer.Ordinal) { task.Claim!.Lease.Agent };
        var next = task.Spec.Parent;
        for (var i = 0; i < MostAncestors && next is not null && view.Task(next) is { } ancestor; i++)
        {
            if ((ancestor.Lease?.Agent ?? ancestor.Question?.Agent ?? ancestor.Claim?.Lease.Agent) is { } agent) agents.Add(agent);
            next = ancestor.Spec.Parent;
        }

        return [.. agents.Order(StringComparer.Ordinal)];
    }

    private static RawJson Input(TaskEntity task)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text, JsonText.Checked))
        {
            writer.WriteStartObject();
            writer.WriteString("task"u8, task.Id);
            writer.WriteNumber("attempt"u8, task.Claim!.Lease.Attempt);
            writer.WriteString("agent"u8, task.Claim.Lease.Agent);
            writer.WriteString("title"u8, task.Spec.Title);
            if (task.Spec.Type is { } type) writer.WriteString("type"u8, type);
            writer.WritePropertyName("input"u8);
            writer.WriteRawValue(task.Spec.Input.Utf8.Span);
            writer.WritePropertyName("result"u8);
            writer.WriteRawValue(task.Result.Utf8.Span);
            if (task.ResultRef is { } reference) writer.WriteString("result_ref"u8, reference.Blob);
            writer.WriteEndObject();
        }

        return RawJson.FromTrusted(text.WrittenSpan.ToArray());
    }
}
