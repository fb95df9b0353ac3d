using Waggle.Core.Access;
using Waggle.Core.Questions;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Questions;

public sealed class RelatedTasksTests
{
    private static readonly QuestionSpec May = new() { Text = "May I?", Choices = ["yes", "no"] };

    private readonly TestHive _hive = new();

    [Fact]
    public void An_agent_does_not_answer_its_own_question()
    {
        var worker = Working("a1", out _);
        Refuses(worker, Ask(worker), "asked question");
    }

    [Fact]
    public void A_principal_that_may_speak_for_one_agent_only_is_that_agent_without_naming_it()
    {
        var question = Ask(Working("a1", out _));
        var refused = _hive.Refused(Yes(question, TestHive.User with { OnlyAgent = "a1" }));
        Assert.Equal(ErrorCodes.Forbidden, refused.Code);
        Assert.Contains("asked question", refused.Message, StringComparison.Ordinal);
        _hive.Ok(Yes(question, TestHive.User with { OnlyAgent = "a2" }));
    }

    [Fact]
    public void An_agent_that_completed_the_parent_task_answers()
    {
        var lead = Working("lead", out var parent);
        var worker = Working("worker", out _, parent);
        var question = Ask(worker);
        lead.Complete();
        _hive.Ok(Yes(question, lead.Principal));
    }

    [Fact]
    public void An_agent_does_not_answer_questions_of_a_descendant_of_its_task()
    {
        var lead = Working("lead", out var parent);
        Working("middle", out var child, parent);
        var worker = Working("worker", out _, child);
        Refuses(lead, Ask(worker), "ancestor");
    }

    [Fact]
    public void An_agent_does_not_answer_questions_of_an_ancestor_of_its_task()
    {
        var lead = Working("lead", out var parent);
        Working("middle", out var child, parent);
        var worker = Working("worker", out _, child);
        Refuses(worker, Ask(lead, hold: true), "descendant");
    }

    [Fact]
    public void An_agent_whose_own_task_waits_for_an_answer_is_still_its_agent()
    {
        var lead = Working("lead", out var parent);
        var worker = Working("worker", out _, parent);
        Ask(lead);
        Refuses(lead, Ask(worker), "ancestor");
    }

    [Fact]
    public void An_agent_without_a_related_task_answers()
    {
        var worker = Working("a1", out _);
        var other = Working("a2", out _);
        var answered = _hive.Ok(new AnswerQuestion(Ask(worker), RawJson.Parse("\"yes\"")) { By = other.Principal });
        Assert.Equal("a2", answered.AnsweredBy);
    }

    [Fact]
    public void A_principal_needs_the_permission_to_answer()
    {
        var question = Ask(Working("a1", out _));
        var reader = TestHive.User with { Permissions = Permissions.Expand([Permissions.WriteTasks], []) };
        Assert.Equal(ErrorCodes.Forbidden, _hive.Refused(Yes(question, reader)).Code);
        var far = TestHive.User with { Swarms = new HashSet<string> { "other" } };
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(Yes(question, far)).Code);
        _hive.Ok(Yes(question, TestHive.User with { Permissions = Permissions.Expand([], ["operator"]) }));
    }

    private static AnswerQuestion Yes(string question, Principal by) => new(question, RawJson.Parse("\"yes\"")) { By = by };

    private TestWorker Working(string id, out string task, string? parent = null)
    {
        var worker = _hive.Worker(id);
        task = _hive.Create(id, s => s with { AssignTo = id, Parent = parent });
        worker.Start();
        return worker;
    }

    private string Ask(TestWorker worker, bool hold = false) =>
        _hive.Ok(new AskQuestion(worker.Lease, May with { Hold = hold }) { By = worker.Principal }).Question!;

    private void Refuses(TestWorker worker, string question, string cause)
    {
        var refused = _hive.Refused(Yes(question, worker.Principal));
        Assert.Equal(ErrorCodes.Forbidden, refused.Code);
        Assert.Contains(cause, refused.Message, StringComparison.Ordinal);
        Assert.Equal(QuestionState.Open, _hive.Ok(new ShowQuestion(question) { By = TestHive.User }).State);
    }
}
