namespace Waggle.Shared;

/// <summary>The exit codes of commands; docs/cli.md explains them.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>The hub refused or is not reachable, or the operation itself failed.</summary>
    public const int Failed = 1;

    /// <summary>The arguments are wrong, or the command that they request cannot start.</summary>
    public const int Usage = 2;

    public const int Interrupted = 130;
}

/// <summary>Ends the command with one line on standard error.</summary>
internal sealed class CliException(string message, int exitCode = ExitCodes.Failed, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}
