using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Creates the last messages of assignments without a result. It cuts texts to the hub's limits.</summary>
internal static class OutcomeMessages
{
    public const string Stopping = "The worker is stopping.";

    public static TaskRelease Release(TaskWork work, string reason) =>
        new() { Task = work.Id, Attempt = work.Attempt, Token = work.Token, Reason = Clip(reason) };

    public static TaskRefuse Refuse(TaskWork work, string reason) =>
        new() { Task = work.Id, Attempt = work.Attempt, Token = work.Token, Reason = Clip(reason) };

    public static TaskAsk Ask(TaskWork work, InputRequiredException asked) => new()
    {
        Task = work.Id,
        Attempt = work.Attempt,
        Token = work.Token,
        Question = TaskQuestions.Keyed(asked.Question) with { Hold = false },
        Checkpoint = asked.Checkpoint,
    };

    public static TaskCancelled Cancelled(TaskWork work) => new() { Task = work.Id, Attempt = work.Attempt, Token = work.Token };

    public static TaskFail Fail(TaskWork work, string code, string message, bool retryable, TimeSpan? retryAfter = null) => new()
    {
        Task = work.Id,
        Attempt = work.Attempt,
        Token = work.Token,
        Error = new TaskError(PlainText.Clip(code, Limits.MaxErrorCodeLength), Clip(message)),
        Retryable = retryable,
        RetryAfterMs = (long?)retryAfter?.TotalMilliseconds,
        Usage = work.Usage,
    };

    private static string Clip(string text) => PlainText.Clip(text, Limits.MaxTextLength);
}
