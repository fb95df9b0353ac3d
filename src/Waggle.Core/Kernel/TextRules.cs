using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Kernel;

/// <summary>Limits the length of texts, because the hub stores them and sends them to every subscriber.</summary>
internal static class TextRules
{
    public static Error? Problem(string field, string? text, int most = Limits.MaxTextLength) => text?.Length > most
        ? new(ErrorCodes.TooLarge, $"{field} has at most {most} characters; it had {text.Length}.")
        : null;

    /// <summary>Checks the name of a subject, as tokens carry it.</summary>
    public static Error? SubjectProblem(string field, string subject) => subject.Length is 0 or > Limits.MaxSubjectLength || subject.Any(char.IsControl)
        ? new(ErrorCodes.InvalidRequest, $"{field} is a subject: 1 to {Limits.MaxSubjectLength} characters.")
        : null;

    public static Error? Problem(TaskError error) =>
        error.Code.Length is 0 or > Limits.MaxErrorCodeLength
            ? new(ErrorCodes.InvalidRequest, $"error.code has 1 to {Limits.MaxErrorCodeLength} characters; it had {error.Code.Length}.")
            : Problem("error.message", error.Message);
}
