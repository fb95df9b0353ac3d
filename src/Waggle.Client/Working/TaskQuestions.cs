using System.Security.Cryptography;
using System.Text;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>The questions that the handler of one assignment asks and waits for. Thread-safe; no other code is called under its lock.</summary>
internal sealed class TaskQuestions(TaskWork work, LeaseReporter reporter)
{
    private const int KeyBytes = 16;

    private readonly Lock _gate = new();
    private QuestionAnswer? _last;
    private TaskCompletionSource<QuestionAnswer>? _waiting;
    private string? _waitingFor;

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
        var ack = await reporter.AskAsync(ask, cancel);
        if (ack.Question is not { } id)
            throw new WaggleException(ClientErrorCodes.Protocol, "The hub's reply to task.ask names no question.");
        return await AnswerTo(id).WaitAsync(cancel);
    }

    public void Answered(QuestionAnswer answer)
    {
        TaskCompletionSource<QuestionAnswer>? waiting = null;
        lock (_gate)
        {
            _last = answer;
            if (_waitingFor == answer.Question) (waiting, _waiting, _waitingFor) = (_waiting, null, null);
        }

        waiting?.TrySetResult(answer);
    }

    // The answer may arrive before the reply that names its question.
    private Task<QuestionAnswer> AnswerTo(string question)
    {
        lock (_gate)
        {
            if (_last?.Question == question) return Task.FromResult(_last);
            _waitingFor = question;
            _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiting.Task;
        }
    }
}
