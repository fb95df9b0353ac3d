using Waggle.Core.Kernel;

namespace Waggle.Core.Questions;

/// <summary>A question without its text, its choices and its answer. Pure.</summary>
internal static class QuestionErasure
{
    public static QuestionEntity Of(QuestionEntity question) => question with
    {
        Shown = question.Shown with
        {
            Title = PurgedText.Text,
            Text = PurgedText.Text,
            Choices = null,
            Schema = default,
            Default = default,
            Key = null,
            Answer = default,
        },
    };

    public static RecordData Of(QuestionRecord record)
    {
        QuestionRecord erased = record switch
        {
            QuestionAsked r => r with { QuestionText = PurgedText.Text, Choices = null, Schema = default, Default = default, Key = null },
            QuestionClosed r => r with { Answer = default },
            _ => record,
        };
        return erased with { Title = PurgedText.Text };
    }
}
