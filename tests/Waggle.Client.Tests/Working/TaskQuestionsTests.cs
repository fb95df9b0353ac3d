using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Working;

public sealed class TaskQuestionsTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly WorkerParts _parts = new();
    private readonly TaskWork _work;

    public TaskQuestionsTests() => _work = _parts.Accept();

    [Fact]
    public async Task A_question_that_was_answered_before_another_one_has_its_answer_again()
    {
        var first = Ask("A");
        Reply("q1");
        Answer("q1", "1");
        Assert.Equal("1", (await first.WaitAsync(Long)).Answer.ToString());
        var second = Ask("B");
        Reply("q2");
        Answer("q2", "2");
        Assert.Equal("2", (await second.WaitAsync(Long)).Answer.ToString());

        var again = Ask("A");
        Reply("q1", duplicate: true);
        Assert.Equal("1", (await again.WaitAsync(Long)).Answer.ToString());
    }

    [Fact]
    public async Task An_answer_that_precedes_the_reply_reaches_all_that_asked()
    {
        var asking = (Ask("A"), Ask("A"));
        Answer("q1", "1");
        foreach (var request in _parts.Sent()) Reply("q1", request: request);
        Assert.Equal("1", (await asking.Item1.WaitAsync(Long)).Answer.ToString());
        Assert.Equal("1", (await asking.Item2.WaitAsync(Long)).Answer.ToString());
    }

    private Task<QuestionAnswer> Ask(string text) => _work.AskAsync(new QuestionSpec { Text = text, Hold = true });

    private void Reply(string question, bool duplicate = false, Request? request = null)
    {
        request ??= Assert.Single(_parts.Sent());
        var ack = new TaskAck(_work.Id, TaskState.InputRequired, duplicate) { Question = question };
        request.Answered(Answers.Reply(request.Message, ack, HubJson.Default.TaskAck), generation: 1);
    }

    private void Answer(string question, string answer) => _parts.Reporter.Answered(
        _work.Lease, new QuestionAnswer { Question = question, Attempt = 1, State = QuestionState.Answered, Answer = RawJson.Parse(answer) });
}
