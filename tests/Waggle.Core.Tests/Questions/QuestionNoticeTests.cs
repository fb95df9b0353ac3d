using Waggle.Core.Questions;

namespace Waggle.Core.Tests.Questions;

public sealed class QuestionNoticeTests
{
    [Fact]
    public void The_task_is_found_in_the_notice_of_its_question() =>
        Assert.Equal("t1", QuestionNotice.TaskOf(QuestionNotice.Of("t1", "it's ('a') title", "q1", "Yes?")));

    [Theory]
    [InlineData("Task t1 ('my title') is done")]
    [InlineData("Task force ready')")]
    [InlineData("See Task t1 ('x') asks in question q1: y")]
    public void A_message_of_a_client_is_none(string message) => Assert.Null(QuestionNotice.TaskOf(message));
}
