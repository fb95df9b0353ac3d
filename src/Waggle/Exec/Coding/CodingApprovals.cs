using System.Text;
using Waggle.Agents;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Exec.Coding;

/// <summary>Asks the people of the hub for what an agent asks. A task waits for one question at a time, so the next one waits.</summary>
internal sealed class CodingApprovals(TaskWork work, TimeSpan deadline) : IDisposable
{
    private const int MaxText = 10_000;

    private readonly SemaphoreSlim _one = new(1, 1);
    private int _open;

    /// <summary>Whether an answer is awaited. The agent is silent then.</summary>
    public bool IsOpen => Volatile.Read(ref _open) > 0;

    /// <summary>Whether the answer is yes. No answer within the deadline is no, and so is a question that is too long or that the hub refuses.</summary>
    /// <exception cref="OperationCanceledException">The attempt has ended.</exception>
    public Task<bool> AskAsync(ApprovalFact asked, CancellationToken cancel) => AskAsync(asked.Key, asked.Question, cancel);

    /// <inheritdoc cref="AskAsync(ApprovalFact, CancellationToken)"/>
    /// <param name="key">The agent's own id of the request.</param>
    public async Task<bool> AskAsync(string key, string question, CancellationToken cancel)
    {
        // Yes would allow all of the request, and nobody would have seen it.
        if (question.Length > MaxText)
        {
            await work.LogAsync(
                $"The request is too long to be shown ({question.Length} characters, at most {MaxText}), so the answer is no.", AgentLogLevel.Warn);
            return false;
        }

        Interlocked.Increment(ref _open);
        await _one.WaitAsync(cancel);
        try
        {
            var answer = await work.AskAsync(
                new QuestionSpec
                {
                    Text = question,
                    Choices = ["yes", "no"],
                    DeadlineMs = (long)deadline.TotalMilliseconds,
                    Default = RawJson.FromTrusted(Encoding.UTF8.GetBytes("\"no\"")),
                    Hold = true,
                    // A program may count its requests from one in each run.
                    Key = $"{work.Attempt}-{key}",
                },
                cancel: cancel);
            return answer.Answer.ToElement().GetString() == "yes";
        }
        catch (WaggleException e)
        {
            await work.LogAsync($"The question could not be asked, so the answer is no: {e.Message}", AgentLogLevel.Warn);
            return false;
        }
        finally
        {
            _one.Release();
            Interlocked.Decrement(ref _open);
        }
    }

    public void Dispose() => _one.Dispose();
}
