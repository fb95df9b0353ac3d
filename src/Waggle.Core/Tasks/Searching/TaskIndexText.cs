using System.Text;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Searching;

/// <summary>What the index has of a task, and the words of a query. Pure.</summary>
internal static class TaskIndexText
{
    /// <summary>The state of open tasks. The index does not follow their changes, so that work that goes well costs it two writes a task.</summary>
    public const string Open = "open";

    /// <summary>The greatest number of words of a query.</summary>
    public const int MaxTerms = 16;

    private const int MostText = 4_096;
    private const int LeastPrefix = 2;

    public static TaskIndexEntry Of(TaskEntity task)
    {
        var fault = TaskFault.Of(task);
        var text = new StringBuilder(task.Spec.Title).Append('\n').Append(task.Spec.Type).Append('\n');
        if (task.Error is { } error) text.Append(error.Code).Append('\n').Append(error.Message).Append('\n');
        foreach (var (key, value) in task.Spec.Metadata ?? new Dictionary<string, string>()) text.Append(key).Append(' ').Append(value).Append('\n');
        if (text.Length > MostText) text.Length = MostText;
        return new TaskIndexEntry(
            task.Seq, task.Id, task.Swarm, State(task.State), task.Spec.Type, task.Spec.Parent, task.EndedAt ?? task.UpdatedAt, task.EndedAt,
            text.ToString(), fault);
    }

    /// <summary>Returns the state of a task as the index knows it.</summary>
    public static string State(TaskState state) => state.IsTerminal() || state == TaskState.RetryWait ? TaskColumns.Name(state) : Open;

    /// <summary>Returns the words of a text, each once; a word that * follows is the beginning of a word.</summary>
    public static IReadOnlyList<string> Terms(string text)
    {
        var words = new List<string>();
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && IsPart(text[i]))
            {
                if (start < 0) start = i;
                continue;
            }

            if (start < 0) continue;
            var word = text[start..i].ToLowerInvariant();
            if (i < text.Length && text[i] == '*' && word.Length >= LeastPrefix) word += "*";
            if (!words.Contains(word)) words.Add(word);
            start = -1;
        }

        return words;
    }

    private static bool IsPart(char c) => char.IsLetterOrDigit(c) || char.IsSurrogate(c);
}
