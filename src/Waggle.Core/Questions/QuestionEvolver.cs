using Waggle.Protocol.Model;

namespace Waggle.Core.Questions;

/// <summary>Computes a question's next value from a record. Pure.</summary>
internal static class QuestionEvolver
{
    public static QuestionEntity Ask(QuestionAsked r, long offset, DateTimeOffset at) => new()
    {
        Seq = offset,
        Shown = new QuestionView
        {
            Id = r.Question,
            Task = r.Task,
            Title = r.Title,
            Swarm = r.Swarm!,
            Agent = r.Agent,
            Attempt = r.Attempt,
            Text = r.QuestionText,
            Choices = r.Choices,
            Schema = r.Schema,
            Default = r.Default,
            Hold = r.Hold,
            Key = r.Key,
            State = QuestionState.Open,
            AskedAt = at,
            Deadline = r.Deadline,
        },
    };

    public static QuestionEntity Close(QuestionEntity question, QuestionClosed r, DateTimeOffset at) => question with
    {
        Shown = question.Shown with { State = r.State, ClosedAt = at, AnsweredBy = r.AnsweredBy, Answer = r.Answer },
    };
}
