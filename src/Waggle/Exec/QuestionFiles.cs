using System.Text.Json;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Exec;

/// <summary>
/// The files by which a command asks: a command that ends with exit code 0 and has written a question to <c>$WAGGLE_TASK_QUESTION_FILE</c> asks it instead of
/// completing its task. What it writes to <c>$WAGGLE_TASK_CHECKPOINT_FILE</c> is kept with the question.
/// </summary>
internal sealed class QuestionFiles(TaskFiles files)
{
    private const int MaxBytes = 64 * 1024;

    public string Question { get; } = files.Reserve("question");

    public string Checkpoint { get; } = files.Reserve("checkpoint");

    /// <summary>Throws the question of a command that has ended; does nothing if it wrote none.</summary>
    /// <exception cref="InputRequiredException">The command asks.</exception>
    /// <exception cref="TaskFailedException">The file has no question.</exception>
    public void ThrowQuestion()
    {
        if (Read(Question) is not { } text) return;
        try
        {
            var spec = text.TrimStart().StartsWith('{')
                ? JsonSerializer.Deserialize(text, HubJson.Default.QuestionSpec)!
                : new QuestionSpec { Text = text.Trim() };
            throw new InputRequiredException(spec, Read(Checkpoint) is { } checkpoint ? RawJson.Parse(checkpoint) : default);
        }
        catch (JsonException e)
        {
            throw new TaskFailedException("QUESTION_FAULT", $"The command's question or checkpoint is not JSON of that form: {e.Message}", inner: e);
        }
    }

    private static string? Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.Length == 0) return null;
            if (file.Length > MaxBytes) throw new TaskFailedException("QUESTION_FAULT", $"A question or checkpoint has at most {MaxBytes} bytes.");
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TaskFailedException("QUESTION_FAULT", $"The command's question cannot be read: {e.Message}", inner: e);
        }
    }
}
