using Waggle.Core.Kernel;
using Waggle.Protocol;

namespace Waggle.Server.Mcp;

/// <summary>The next step of a caller after an error, by its code. A model reads it and acts on it.</summary>
internal static class NextSteps
{
    private static readonly Dictionary<string, string> ByCode = new(StringComparer.Ordinal)
    {
        [ErrorCodes.InvalidRequest] = "Correct the argument that the message names and call the tool again.",
        [ErrorCodes.NotFound] = "Check the id: task_list shows the tasks, swarm_status the swarms and agents, memory_search the entries.",
        [ErrorCodes.Forbidden] = "Do not repeat the call: ask the operator for a token with the permission that the message names.",
        [ErrorCodes.Unauthenticated] = "Do not repeat the call: ask the operator for a new token ('waggle token create').",
        [ErrorCodes.InvalidState] = "Call task_get to see the state of the task.",
        [ErrorCodes.SwarmStopped] = "Do not repeat the call: ask the operator to resume the swarm ('waggle swarm resume').",
        [ErrorCodes.QuestionClosed] = "The question needs no answer any more: call task_get to see how the task goes on.",
        [ErrorCodes.IdempotencyConflict] = "Use a new idempotency_key for a new task, or leave it out.",
        [ErrorCodes.VersionConflict] = "Read the entry with memory_search (namespace and key) and put it again with its present version.",
        [ErrorCodes.QuotaExceeded] = "Ask the operator to delete entries or to raise the quota; a shorter value may fit.",
        [ErrorCodes.TooLarge] = "Shorten the argument that the message names and call the tool again.",
        [ErrorCodes.BlobMissing] = "The content is lost: run the task again, or ask the operator to restore a backup.",
        [ErrorCodes.NotLinked] = "Choose another agent: the swarm's topology does not permit this one.",
        [ErrorCodes.NotAvailable] = "This hub cannot do it: go on without it.",
    };

    public static string After(Error error)
    {
        if (error.RetryAfterMs is { } wait) return $"Wait {(wait + 999) / 1000} s and call the tool again.";
        return ByCode.GetValueOrDefault(error.Code, "Call the tool again once; if the error stays, tell the operator its code and message.");
    }
}
