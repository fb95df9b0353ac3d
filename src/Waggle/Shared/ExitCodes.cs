namespace Waggle.Shared;

/// <summary>What the exit code of a command says; docs/cli.md explains them.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>The hub refused or is not there, or the thing itself failed.</summary>
    public const int Failed = 1;

    /// <summary>The arguments are wrong, or what they ask for cannot be started.</summary>
    public const int Usage = 2;

    public const int Interrupted = 130;
}

/// <summary>Ends the command with one line on standard error.</summary>
internal sealed class CliException(string message, int exitCode = ExitCodes.Failed, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}
