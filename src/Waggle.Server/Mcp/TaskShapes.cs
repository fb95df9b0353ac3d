using System.Globalization;
using System.Text.Json.Nodes;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Server.Mcp;

/// <summary>Tasks as tools show them: what a model needs for its next step.</summary>
internal static class TaskShapes
{
    private const int ShownAttempts = 5;
    private const int TitleInLists = 120;

    /// <summary>A row of a list.</summary>
    public static JsonObject Row(TaskView task) => new JsonObject
    {
        ["task"] = task.Id,
        ["title"] = PlainText.Clip(task.Spec.Title, TitleInLists),
        ["state"] = SnakeCase.Of(task.State),
    }
        .With("agent", task.Lease?.Agent)
        .With("progress", task.Progress)
        .With("parent", task.Spec.Parent)
        .With("question", task.Question)
        .With("error", task.Error?.Code);

    /// <summary>The state of a task, and the next step.</summary>
    public static JsonObject State(TaskView task, int width) => new JsonObject
    {
        ["task"] = task.Id,
        ["state"] = SnakeCase.Of(task.State),
    }
        .With("agent", task.Lease?.Agent)
        .With("progress", task.Progress)
        .With("remaining_ms", task.RemainingMs)
        .With("waits_because", WaitsBecause(task) is { } reason ? PlainText.Clip(reason, width) : null)
        .With("question", task.Question)
        .With("error", Shown(task.Error, width))
        .With("next", Next(task));

    public static JsonObject Details(TaskView task, QuestionView? question, int width)
    {
        var shown = State(task, width);
        shown.Remove("question");
        return shown
            .With("title", PlainText.Clip(task.Spec.Title, width))
            .With("swarm", task.Swarm)
            .With("parent", task.Spec.Parent)
            .With("priority", task.Priority)
            .With("created_at", Time(task.CreatedAt))
            .With("created_by", task.CreatedBy is { } by ? PlainText.Clip(by, width) : null)
            .With("ended_at", task.EndedAt is { } ended ? Time(ended) : null)
            .With("input", ToolJson.Clipped(task.Spec.Input, width))
            .With("cancel_reason", task.CancelReason is { } reason ? PlainText.Clip(reason, width) : null)
            .With("question", question is null ? null : Shown(question, width))
            .With("result_bytes", task.State == TaskState.Completed ? task.ResultRef?.Bytes ?? task.Result.Utf8.Length : null)
            .With("attempts", task.Attempts is { Count: > 0 } attempts
                ? new JsonArray([.. attempts.TakeLast(ShownAttempts).Select(a => Shown(a, width))])
                : null);
    }

    private static JsonObject Shown(AttemptView attempt, int width) => new JsonObject
    {
        ["attempt"] = attempt.Attempt,
        ["agent"] = attempt.Agent,
        ["outcome"] = attempt.Outcome,
    }
        .With("error", Shown(attempt.Error, Math.Min(width, 500)));

    private static JsonObject Shown(QuestionView question, int width) => new JsonObject
    {
        ["question"] = question.Id,
        ["text"] = PlainText.Clip(question.Text, width),
        ["deadline"] = Time(question.Deadline),
    }
        .With("choices", question.Choices is { } choices ? new JsonArray([.. choices.Select(c => JsonValue.Create(PlainText.Clip(c, width)))]) : null)
        .With("schema", ToolJson.Clipped(question.Schema, width));

    private static JsonObject? Shown(TaskError? error, int width) =>
        error is null ? null : new JsonObject { ["code"] = PlainText.Clip(error.Code, width), ["message"] = PlainText.Clip(error.Message, width) };

    private static string? WaitsBecause(TaskView task) => task.UnschedulableReason?.Message ?? task.WaitingFor;

    private static string Next(TaskView task) => task.State switch
    {
        TaskState.Completed => "Call task_result with this task.",
        TaskState.InputRequired =>
            "Call task_get for the text and choices of the question. Answer it with task_answer if you have this tool; otherwise call task_wait.",
        _ when task.State.IsTerminal() => "The task has no result: read the error, and create another task if it is still needed.",
        _ => "Call task_wait with this task.",
    };

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
