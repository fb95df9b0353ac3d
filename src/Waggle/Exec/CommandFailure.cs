using Waggle.Client;

namespace Waggle.Exec;

/// <summary>Maps an exit status to the outcome of a task (sysexits.h where it has a code for it).</summary>
internal static class CommandFailure
{
    private const int UsageError = 64;
    private const int DataError = 65;
    private const int NotExecutable = 126;
    private const int NotFound = 127;

    /// <summary>Whether the status is that of a shell that could not run a program, either its own or one that the task named.</summary>
    public static bool IsMissingProgram(ExitStatus status) => status is { Signal: null, Code: NotExecutable or NotFound };

    // 75, EX_TEMPFAIL, requests a retry; every other code gets a retry as well.
    public static TaskFailedException From(ExitStatus status, string? complaint)
    {
        if (status.Signal is { } signal) return new TaskFailedException($"SIGNAL_{signal}", complaint ?? $"The command was ended by signal {signal}.");
        var retryable = status.Code is not (UsageError or DataError or NotExecutable or NotFound);
        return new TaskFailedException($"EXIT_{status.Code}", complaint ?? $"The command ended with exit code {status.Code}.", retryable);
    }
}
