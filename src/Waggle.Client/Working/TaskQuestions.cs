using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>The questions that the handler of one assignment asks and waits for. Thread-safe.</summary>
internal sealed class TaskQuestions(TaskWork work, LeaseReporter reporter)
{
    private const int KeyBytes = 16;

    // The answers of this attempt by question, also those that arrive before the reply that names their question. The hub sends each once, and a handler may
    // ask a question that was answered again. Their number is that of the answers which people gave while the attempt ran.
    private readonly ConcurrentDictionary<string, TaskCompletionSource<QuestionAnswer>> _answers = new(StringComparer.Ordinal);

    /// <summary>
    /// Gives a question without a key one that follows from its content, so that the next attempt, which asks the same, finds the answer.
    /// </summary>
    public static QuestionSpec Keyed(QuestionSpec question)
    {
        if (question.Key is not null) return question;
        var content = string.Join('\n', [question.Text, question.Schema.ToString(), .. question.Choices ?? []]);
        return question with { Key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)).AsSpan(0, KeyBytes)) };
    }

    public async Task<QuestionAnswer> AskAsync(QuestionSpec question, RawJson checkpoint, CancellationToken cancel)
    {
        var ask = new TaskAsk { Task = work.Id, Attempt = work.Attempt, Token = work.Token, Question = question, Checkpoint = checkpoint };
        var ack = await SendAsync(ask, cancel);
        if (ack.Question is not { } id)
            throw new WaggleException(ClientErrorCodes.Protocol, "The hub's reply to task.ask names no question.");
        return await AnswerTo(id).Task.WaitAsync(cancel);
    }

    public void Answered(QuestionAnswer answer) => AnswerTo(answer.Question).TrySetResult(answer);

    // The hub refuses a question of a task under cancellation. The handler then ends as cancelled, not as failed.
    private async Task<TaskAck> SendAsync(TaskAsk ask, CancellationToken cancel)
    {
        try
        {
            return await reporter.AskAsync(ask, cancel);
        }
        catch (WaggleException e) when (e.Code == ErrorCodes.InvalidState && work.CancelCause == CancelCause.TaskCancelled)
        {
            throw new OperationCanceledException(e.Message, e, work.Cancelled);
        }
    }

    private TaskCompletionSource<QuestionAnswer> AnswerTo(string question) =>
        _answers.GetOrAdd(question, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
