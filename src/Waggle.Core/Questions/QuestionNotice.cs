using Waggle.Protocol.Json;

namespace Waggle.Core.Questions;

/// <summary>The text of the notification that a question of a task sends. It begins with the task, by which a purge finds it.</summary>
internal static class QuestionNotice
{
    private const int MaxText = 1000;
    private const string Begin = "Task ";
    private const string AfterTask = " ('";
    private const string AfterTitle = "') asks in question ";

    public static string Of(string task, string title, string question, string text) =>
        $"{Begin}{task}{AfterTask}{title}{AfterTitle}{question}: {PlainText.Clip(text, MaxText)}";

    /// <summary>Returns the task that a notification is about; null for a notification of another kind.</summary>
    public static string? TaskOf(string message)
    {
        if (!message.StartsWith(Begin, StringComparison.Ordinal) || !message.Contains(AfterTitle, StringComparison.Ordinal)) return null;
        var end = message.IndexOf(AfterTask, StringComparison.Ordinal);
        return end > Begin.Length && message[Begin.Length..end] is var task && Protocol.Ids.IsValid(task) ? task : null;
    }
}
