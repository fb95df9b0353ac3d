using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>The answers that a task keeps for its next attempt: one for each key, within limits of their number and size.</summary>
internal static class KeptAnswers
{
    /// <summary>Adds an answer. It replaces the one with the same key; what exceeds the limits is dropped, the oldest answers without a key first.</summary>
    public static IReadOnlyList<QuestionAnswer> With(IReadOnlyList<QuestionAnswer>? kept, QuestionAnswer answer)
    {
        List<QuestionAnswer> answers = [.. (kept ?? []).Where(a => !HasKey(a, answer.Key)), answer];
        while (answers.Count > Limits.MaxKeptAnswers || Bytes(answers) > Limits.MaxKeptAnswerBytes)
        {
            var keyless = answers.FindIndex(a => a.Key is null);
            answers.RemoveAt(keyless >= 0 && keyless < answers.Count - 1 ? keyless : 0);
        }

        return answers;
    }

    /// <summary>
    /// Whether the answer to a key surely finds room beside those to other keys. Without room it would displace one of them, and a handler that runs again from
    /// its beginning would ask without end.
    /// </summary>
    public static bool HaveRoom(IReadOnlyList<QuestionAnswer>? kept, string key)
    {
        List<QuestionAnswer> others = [.. (kept ?? []).Where(a => a.Key is not null && a.Key != key)];
        return others.Count < Limits.MaxKeptAnswers && Bytes(others) + Limits.MaxAnswerBytes <= Limits.MaxKeptAnswerBytes;
    }

    private static bool HasKey(QuestionAnswer answer, string? key) => key is not null && answer.Key == key;

    private static int Bytes(List<QuestionAnswer> answers) => answers.Sum(a => a.Answer.Utf8.Length);
}
