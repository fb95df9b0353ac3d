using System.Text.Json;
using Waggle.Client;

namespace Waggle.Exec.Coding;

/// <summary>The text that an agent receives for a task.</summary>
internal static class CodingPrompt
{
    public static string Of(TaskWork work, bool resumes)
    {
        var task = Task(work);
        return resumes ? $"The last run ended before it completed this task. Continue it.\n\n{task}" : task;
    }

    // A text as the input, or its field "prompt", is the whole prompt. Other input follows the title.
    private static string Task(TaskWork work)
    {
        if (work.Input.IsNull) return work.Spec.Title;
        var input = work.Input.ToElement();
        return input.ValueKind switch
        {
            JsonValueKind.String => input.GetString()!,
            JsonValueKind.Object when input.TryGetProperty("prompt", out var prompt) && prompt.ValueKind == JsonValueKind.String => prompt.GetString()!,
            _ => $"{work.Spec.Title}\n\n{work.Input}",
        };
    }
}
