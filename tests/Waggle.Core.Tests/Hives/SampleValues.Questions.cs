using Waggle.Core.Kernel;
using Waggle.Core.Questions;
using Waggle.Core.Tasks;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Hives;

internal static partial class SampleValues
{
    private static string[] Branches => ["main", "next"];

    private static QuestionAnswer Answer => new()
    {
        Question = "q1",
        Key = "branch",
        Attempt = 2,
        State = QuestionState.Answered,
        Answer = RawJson.Parse("\"main\""),
        AnsweredBy = "ann",
    };

    public static QuestionEntity Question => new()
    {
        Seq = 9,
        Shown = new()
        {
            Id = "q1",
            Task = Task,
            Title = Title,
            Swarm = "default",
            Agent = "a1",
            Attempt = 2,
            Text = "Which branch?",
            Choices = Branches,
            Schema = RawJson.Parse("""{"type":"string"}"""),
            Default = RawJson.Parse("\"next\""),
            Hold = true,
            Key = "branch",
            State = QuestionState.Answered,
            AskedAt = At,
            Deadline = At,
            ClosedAt = At,
            AnsweredBy = "ann",
            Answer = RawJson.Parse("\"main\""),
            Duplicate = true,
        },
    };

    private static IEnumerable<RecordData> OfQuestions =>
    [
        new TaskInputRequired
        {
            Task = Task, Title = Title, Priority = 2, OldState = TaskState.Running, State = TaskState.InputRequired, Swarm = "default",
            Question = "q1", Agent = "a1", QuestionText = "Which branch?", Ended = End,
        },
        new TaskAnswered
        {
            Task = Task, Title = Title, Priority = 2, OldState = TaskState.InputRequired, State = TaskState.Pending, Swarm = "default", Agent = "a1", Answer = Answer,
        },
        new TaskCheckpointed
        {
            Task = Task, Title = Title, Priority = 2, OldState = TaskState.Running, State = TaskState.Running, Swarm = "default", Agent = "a1", Attempt = 2, Bytes = 17,
        },
        new QuestionAsked
        {
            Question = "q1", Task = Task, Title = Title, Swarm = "default", Agent = "a1", Attempt = 2, QuestionText = "Which branch?", Choices = Branches,
            Schema = RawJson.Parse("""{"type":"string"}"""), Default = RawJson.Parse("\"next\""), Hold = true, Key = "branch", Deadline = At,
        },
        new QuestionClosed
        {
            Question = "q1", Task = Task, Title = Title, Swarm = "default", Agent = "a1", Attempt = 2, State = QuestionState.Answered, AnsweredBy = "ann",
            Answer = RawJson.Parse("\"main\""),
        },
    ];
}
