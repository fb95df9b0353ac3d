using System.Runtime.CompilerServices;
using System.Text.Json;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>
/// The questions that workers ask about their tasks. The client answers as the user of its token; a handler asks by <see cref="TaskWork.AskAsync"/>.
/// Thread-safe.
/// </summary>
/// <remarks>Every method throws <see cref="WaggleException"/> with the hub's error code: <c>FORBIDDEN</c> and the codes that a method names.</remarks>
/// <example>
/// <code>
/// await foreach (QuestionView question in client.Questions.ListAsync(state: QuestionState.Open))
/// {
///     Console.WriteLine($"{question.Title}: {question.Text} ({string.Join(", ", question.Choices ?? [])})");
///     await client.Questions.AnswerAsync(question.Id, Console.ReadLine() ?? "no");
/// }
/// </code>
/// </example>
public sealed class WaggleQuestions
{
    private readonly WaggleClient _client;

    internal WaggleQuestions(WaggleClient client) => _client = client;

    /// <summary>Answers with a text, such as one of the choices.</summary>
    /// <inheritdoc cref="AnswerAsync(string, RawJson, CancellationToken)"/>
    public Task<QuestionView> AnswerAsync(string question, string answer, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return AnswerAsync(question, RawJson.FromTrusted(JsonSerializer.SerializeToUtf8Bytes(answer, HubJson.Default.String)), cancel);
    }

    /// <summary>Answers with JSON. A question has one answer; the same answer of the same user again is a duplicate and no error.</summary>
    /// <exception cref="WaggleException">
    /// <c>NOT_FOUND</c>, <c>INVALID_REQUEST</c> (no choice, or against the schema), <c>QUESTION_CLOSED</c> (answered before, too late, or the task does not
    /// wait any more).
    /// </exception>
    public Task<QuestionView> AnswerAsync(string question, RawJson answer, CancellationToken cancel = default) =>
        _client.CommandAsync(new TaskAnswer { Question = question, Answer = answer }, HubJson.Default.QuestionView, cancel);

    /// <summary>Returns one question, with its answer if there is one; null if there is no such question.</summary>
    public async Task<QuestionView?> GetAsync(string question, CancellationToken cancel = default)
    {
        try
        {
            return await _client.CommandAsync(new QuestionShow { Question = question }, HubJson.Default.QuestionView, cancel);
        }
        catch (WaggleException e) when (e.Code == ErrorCodes.NotFound)
        {
            return null;
        }
    }

    /// <summary>Lists questions, the newest first, page by page as they are read.</summary>
    /// <param name="swarm">Lists only the questions of this swarm; null for all.</param>
    /// <param name="task">Lists only the questions of this task; null for all.</param>
    /// <param name="state">Lists only the questions in this state; null for all.</param>
    public async IAsyncEnumerable<QuestionView> ListAsync(
        string? swarm = null, string? task = null, QuestionState? state = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        string? cursor = null;
        do
        {
            var page = new QuestionList { Swarm = swarm, Task = task, State = state, Cursor = cursor, Limit = Limits.MaxPageSize };
            var (questions, next) = await _client.CommandAsync(page, HubJson.Default.QuestionPage, cancel);
            foreach (var question in questions) yield return question;
            cursor = next;
        }
        while (cursor is not null);
    }
}
