using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>
/// The exception of a handler that cannot go on without an answer (<c>task.ask</c>). The attempt ends, its slot is free, and the answer starts another one,
/// which finds it in <see cref="TaskWork.Answers"/> and the checkpoint in <see cref="TaskWork.Checkpoint"/>. <see cref="TaskWork.AskAsync"/> throws it.
/// </summary>
/// <param name="question">The question.</param>
/// <param name="checkpoint">The JSON that the next attempt receives; JSON null keeps the task's checkpoint as it is.</param>
public sealed class InputRequiredException(QuestionSpec question, RawJson checkpoint = default) : Exception(question.Text)
{
    /// <summary>The question.</summary>
    public QuestionSpec Question { get; } = question;

    /// <summary>The checkpoint that the hub keeps with the question.</summary>
    public RawJson Checkpoint { get; } = checkpoint;
}
